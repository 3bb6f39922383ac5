{{ config(materialized='ephemeral') }}
{% set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__events', 'fct_bets') %}

with

handles as (

    select * from {{ ref('int_bets__standing') }}

),

settlement_events as (

    select *
    from {{ ref('stg_gameplay__settlements') }} {{ if_touched }}

),

{{ bets_resolved() }}

-- The width is that of int_bets__places, which the linter does not follow.
select * from resolved  -- noqa: AM04

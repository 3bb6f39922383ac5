{{ config(materialized='ephemeral') }}
{% set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__events', 'fct_bets') %}

with

placed as (

    select * from {{ ref('int_bets__places') }} {{ if_touched }}

),

said as (

    select * from {{ ref('int_bets__events') }} {{ if_touched }}

),

{{ bets_standing() }}

-- The width is that of int_bets__places, which the linter does not follow.
select * from handles  -- noqa: AM04

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['player_id', 'event_day'], 'stg_landing__events') }}",
    post_hook="{{ mark_built() }}"
) }}

with

events as (

    select *
    from {{ ref('stg_landing__events') }} {{ where_touched(['player_id', 'event_day'], 'stg_landing__events') }}

),

acts as (

    select * from events where actor = 'player' and player_id is not null and not is_test and not is_conflict

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

placed as (

    select
        acts.player_id,
        acts.brand,
        acts.jurisdiction,
        acts.event_day,
        {{ gaming_day('acts.ts', 'jurisdictions') }} as gaming_day
    from acts
    left join jurisdictions on acts.jurisdiction = jurisdictions.jurisdiction

),

event_days as (

    select
        player_id,
        brand,
        event_day,
        gaming_day,
        max(nullif(jurisdiction, 'XX')) as event_jurisdiction,
        count(*) as player_events
    from placed
    group by player_id, brand, event_day, gaming_day

)

select * from event_days

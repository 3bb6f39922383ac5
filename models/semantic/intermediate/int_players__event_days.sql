{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_days() }}",
    post_hook="{{ mark_built() }}"
) }}

with

events as (

    select * from {{ ref('stg_landing__events') }} {{ where_touched_days() }}

),

named as (

    select * from events where player_id is not null and not is_test and not is_left_out

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

placed as (

    select
        named.player_id,
        named.brand,
        named.jurisdiction,
        named.event_day,
        named.ts,
        case when named.actor = 'player' then named.ts end as act_at,
        {{ gaming_day('named.ts', 'jurisdictions') }} as gaming_day
    from named
    left join jurisdictions on named.jurisdiction = jurisdictions.jurisdiction

),

event_days as (

    select

        ---------- grain
        player_id,
        brand,
        jurisdiction,
        event_day,
        gaming_day,

        ---------- numbers
        count(act_at) as player_events,

        ---------- times
        min(ts) as first_at,
        max(act_at) as last_act_at

    from placed
    group by player_id, brand, jurisdiction, event_day, gaming_day

)

select * from event_days

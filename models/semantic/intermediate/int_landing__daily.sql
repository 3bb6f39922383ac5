{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_days('consent_updated') }}",
    post_hook="{{ mark_built() }}"
) }}

with

events as (

    select * from {{ ref('stg_landing__events') }} {{ where_touched_days('consent_updated') }}

),

consents as (

    select
        brand,
        player_id,
        min(event_at) as first_consent_at
    from {{ ref('stg_account__consents') }}
    where player_id is not null
    group by
        brand,
        player_id

),

daily as (

    select

        ---------- grain
        events.event_day,
        events.event,
        events.schema_ver as schema_version,
        events.source,
        events.jurisdiction,

        ---------- numbers
        count(*) as events,
        count(case when events.is_test then 1 end) as test_events,
        count(events.trace_id) as traced_events,
        count(events.session_id) as session_events,
        count(events.player_id) as player_events,
        count(case when consents.first_consent_at <= events.ts then 1 end) as consented_events,

        ---------- times
        min(events.ts) as first_seen_at,
        max(events.ts) as last_seen_at,
        max(
            case
                when events.is_test then null
                when events.received_ts < events.ts then events.received_ts
                else events.ts
            end
        ) as newest_at

    from events
    left join consents on events.brand = consents.brand and events.player_id = consents.player_id
    where not events.is_left_out
    group by events.event_day, events.event, events.schema_ver, events.source, events.jurisdiction

)

select * from daily

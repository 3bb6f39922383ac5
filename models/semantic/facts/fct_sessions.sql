{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_rebuilt_sessions() }}"
) }}

with

events as (

    select * from {{ ref('int_sessions__events') }}

),

starts as (

    select * from {{ ref('stg_account__session_starts') }}

),

ends as (

    select * from {{ ref('stg_account__session_ends') }}

),

frames as (

    select
        events.session_key,
        events.event,
        events.event_at,
        events.event_id,
        starts.device_os as start_device_os,
        case when starts.currency is not null then starts.balance end as start_balance,
        starts.currency as start_balance_currency,
        cast(null as string) as end_device_os,
        cast(null as decimal(38, 8)) as end_balance,
        cast(null as string) as end_balance_currency,
        cast(null as string) as end_reason
    from events
    inner join starts on events.event_id = starts.event_id and events.event_at = starts.event_at
    where events.event = 'session_start'

    union all

    select
        events.session_key,
        events.event,
        events.event_at,
        events.event_id,
        null as start_device_os,
        null as start_balance,
        null as start_balance_currency,
        ends.device_os as end_device_os,
        case when ends.currency is not null then ends.balance end as end_balance,
        ends.currency as end_balance_currency,
        ends.end_reason
    from events
    inner join ends on events.event_id = ends.event_id and events.event_at = ends.event_at
    where events.event = 'session_end'

),

numbered_frames as (

    select
        *,
        row_number() over (
            partition by session_key, event
            order by case when event = 'session_start' then event_at end, event_at desc, event_id asc
        ) as frame_no
    from frames

),

-- The first start and the last end of a session, should it have several.
framed as (

    select
        session_key,
        coalesce(max(start_device_os), max(end_device_os)) as device_os,
        max(start_balance) as start_balance,
        max(start_balance_currency) as start_balance_currency,
        max(end_balance) as end_balance,
        max(end_balance_currency) as end_balance_currency,
        max(end_reason) as end_reason
    from numbered_frames
    where frame_no = 1
    group by session_key

),

numbered as (

    select
        *,
        row_number() over (partition by session_key order by event_at, event_id, event) as event_no
    from events

),

spans as (

    select
        session_key,
        brand,
        player_id,
        session_id,
        max(case when event_no = 1 then jurisdiction end) as jurisdiction,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        count(*) as events
    from numbered
    group by
        session_key,
        brand,
        player_id,
        session_id

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

sessions as (

    select

        ---------- ids
        spans.session_key,
        spans.brand,
        spans.player_id,
        spans.session_id,

        ---------- strings
        spans.jurisdiction,
        framed.end_reason,
        framed.device_os,
        framed.start_balance_currency,
        framed.end_balance_currency,

        ---------- numbers
        cast(framed.start_balance as decimal(38, 8)) as start_balance,
        cast(framed.end_balance as decimal(38, 8)) as end_balance,
        cast(spans.events as bigint) as events,
        {{ local_hour('spans.started_at', 'jurisdictions') }} as local_hour,
        cast({{ ms_between('spans.started_at', 'spans.ended_at') }} as double) / 1000 as duration_s,

        ---------- times
        spans.started_at,
        spans.ended_at,
        {{ gaming_day('spans.started_at', 'jurisdictions') }} as gaming_day,
        {{ gaming_day('spans.ended_at', 'jurisdictions') }} as end_gaming_day

    from spans

    left join framed on spans.session_key = framed.session_key

    left join jurisdictions on spans.jurisdiction = jurisdictions.jurisdiction

)

select * from sessions

with

steps as (

    select
        *,
        {{ visitor_id('player_id', 'anonymous_id') }} as visitor_id,
        row_number() over (partition by event_id order by event_at, brand, player_id) as copy_no
    from {{ ref('stg_marketing__onboarding_steps') }}

),

paywalls as (

    select
        *,
        {{ visitor_id('player_id', 'anonymous_id') }} as visitor_id,
        row_number() over (partition by event_id order by event_at, brand, player_id) as copy_no
    from {{ ref('stg_marketing__paywall_views') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

players as (

    select * from {{ ref('dim_players') }}

),

clock_days as (

    select * from {{ ref('int_clock__days') }}

),

lines as (

    select
        event_id,
        brand,
        player_id,
        visitor_id,
        jurisdiction,
        event_at,
        step,
        index,
        result,
        duration_ms,
        0 as is_paywall
    from steps
    where copy_no = 1

    union all

    select
        event_id,
        brand,
        player_id,
        visitor_id,
        jurisdiction,
        event_at,
        cast(null as string) as step,
        cast(null as bigint) as index,
        cast(null as string) as result,
        cast(null as bigint) as duration_ms,
        1 as is_paywall
    from paywalls
    where copy_no = 1

),

dated as (

    select
        lines.*,
        {{ gaming_day('lines.event_at', 'jurisdictions') }} as gaming_day
    from lines
    left join jurisdictions on lines.jurisdiction = jurisdictions.jurisdiction

),

-- A paywall belongs to the step that the newcomer had reached last on that day.
counted as (

    select
        *,
        sum(1 - is_paywall) over (
            partition by brand, visitor_id, gaming_day
            order by event_at, is_paywall, event_id
            rows between unbounded preceding and current row
        ) as step_no
    from dated

),

held_up as (

    select
        *,
        sum(is_paywall) over (partition by brand, visitor_id, gaming_day, step_no) as paywalls
    from counted

),

onboarding_steps as (

    select

        ---------- ids
        held_up.event_id,
        held_up.brand,
        held_up.player_id,
        held_up.visitor_id,

        ---------- strings
        held_up.step,
        held_up.result,
        held_up.jurisdiction,

        ---------- numbers
        cast(held_up.index as bigint) as step_index,
        cast({{ latency_or_null('held_up.duration_ms') }} as bigint) as duration_ms,
        cast(held_up.paywalls as bigint) as paywalls,

        ---------- booleans
        {{ is_ahead('held_up.gaming_day', 'players', 'clock_days') }} as is_ahead,

        ---------- times
        held_up.event_at as happened_at,
        held_up.gaming_day

    from held_up

    left join clock_days on held_up.jurisdiction = clock_days.jurisdiction

    left join players on held_up.brand = players.brand and held_up.player_id = players.player_id

    where held_up.is_paywall = 0

)

select * from onboarding_steps

with

steps as (

    select
        *,
        coalesce(player_id, anonymous_id) as visitor_id,
        row_number() over (partition by event_id order by event_at, brand, player_id) as copy_no
    from {{ ref('stg_marketing__onboarding_steps') }}

),

paywalls as (

    select
        *,
        coalesce(player_id, anonymous_id) as visitor_id,
        row_number() over (partition by event_id order by event_at, brand, player_id) as copy_no
    from {{ ref('stg_marketing__paywall_views') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

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
        event_id,
        brand,
        player_id,
        visitor_id,

        ---------- strings
        step,
        result,
        jurisdiction,

        ---------- numbers
        cast(index as bigint) as step_index,
        cast(duration_ms as bigint) as duration_ms,
        cast(paywalls as bigint) as paywalls,

        ---------- times
        event_at as happened_at,
        gaming_day

    from held_up
    where is_paywall = 0

)

select * from onboarding_steps

with

violations as (

    select * from {{ ref('stg_landing__violations') }}

),

parts as (

    select * from {{ ref('stg_landing__parts') }}

),

key_conflicts as (

    select * from {{ ref('int_payments__key_conflicts') }}

),

landed as (

    select * from {{ ref('stg_landing__events') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

bets as (

    select * from {{ ref('fct_bets') }}

),

-- What the gate said of a line, and what only shows once all lines lie together.
said as (

    select day, event, reason, is_quarantined, events
    from violations

    union all

    select event_day as day, event, 'business_key_conflict' as reason, false as is_quarantined, count(*) as events
    from key_conflicts
    group by event_day, event

    union all

    select landed.event_day as day, landed.event, 'unknown_jurisdiction' as reason, false as is_quarantined, count(*) as events
    from landed
    left join jurisdictions on landed.jurisdiction = jurisdictions.jurisdiction
    where jurisdictions.jurisdiction is null
    group by landed.event_day, landed.event

    union all

    select cast(placed_at as date) as day, 'bet_place' as event, 'currency_mismatch' as reason, false as is_quarantined, count(*) as events
    from bets
    where has_currency_mismatch
    group by cast(placed_at as date)

),

lines_of_day as (

    select day, event, sum(lines) as lines
    from (
        select event_day as day, event, {{ adapter.quote('rows') }} as lines from parts
        union all
        select day, event, events as lines from violations where is_quarantined
    ) as all_lines
    group by day, event

),

summed as (

    select day, event, reason, bool_or(is_quarantined) as is_quarantined, sum(events) as events
    from said
    group by day, event, reason

),

shares as (

    select
        summed.day,
        summed.event,
        summed.reason,
        summed.is_quarantined,
        summed.events,
        {{ ratio('summed.events', 'lines_of_day.lines') }} as share
    from summed
    left join lines_of_day
        on
            summed.event = lines_of_day.event
            and coalesce(summed.day, date '0001-01-01') = coalesce(lines_of_day.day, date '0001-01-01')

)

select * from shares

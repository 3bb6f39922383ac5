with

daily as (

    select * from {{ ref('int_landing__daily') }}

),

priced as (

    select * from {{ ref('int_landing__priced_events') }}

),

counted as (

    select
        event_day as day,
        event,
        sum(events) as events,
        sum(test_events) as test_events,
        sum(traced_events) as traced_events,
        sum(session_events) as session_events,
        sum(player_events) as player_events,
        sum(consented_events) as consented_events
    from daily
    group by
        event_day,
        event

),

covered as (

    select
        counted.*,
        priced.priced_events,
        priced.rated_events
    from counted
    left join priced on counted.day = priced.event_day and counted.event = priced.event

)

select * from covered

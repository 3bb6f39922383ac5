-- Two marts count the same events in two ways: by version, and by day.
with

versions as (

    select
        event,
        sum(events) as events,
        sum(test_events) as test_events
    from {{ ref('schema_versions') }}
    group by event

),

covered as (

    select
        event,
        sum(events) as events,
        sum(test_events) as test_events
    from {{ ref('coverage') }}
    group by event

),

apart as (

    select
        coalesce(versions.event, covered.event) as event,
        versions.events as events_by_version,
        covered.events as events_by_day
    from versions
    full outer join covered on versions.event = covered.event
    where
        coalesce(versions.events, -1) != coalesce(covered.events, -1)
        or coalesce(versions.test_events, -1) != coalesce(covered.test_events, -1)

)

select * from apart

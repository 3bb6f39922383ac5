with

daily as (

    select * from {{ ref('int_landing__daily') }}

),

versions as (

    select
        event,
        schema_version,
        sum(events) as events,
        sum(test_events) as test_events,
        count(distinct source) as sources,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from daily
    group by
        event,
        schema_version

)

select * from versions

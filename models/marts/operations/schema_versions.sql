with

versions as (

    select * from {{ ref('int_landing__schema_versions') }}

),

totals as (

    select
        event,
        sum(events) as events
    from versions
    group by event

),

schema_versions as (

    select

        ---------- grain
        cast(versions.event as string) as event,
        cast(versions.schema_version as string) as schema_version,

        ---------- figures
        cast(versions.events as bigint) as events,
        cast(versions.test_events as bigint) as test_events,
        cast(versions.sources as bigint) as sources,
        {{ ratio('versions.events', 'totals.events') }} as share_of_event,

        ---------- dates
        cast(versions.first_seen_at as timestamp) as first_seen_at,
        cast(versions.last_seen_at as timestamp) as last_seen_at

    from versions
    inner join totals on versions.event = totals.event

)

select * from schema_versions

with

landed as (

    select * from {{ ref('stg_landing__events') }} where not is_conflict

),

versions as (

    select
        event,
        schema_ver as schema_version,
        count(*) as events,
        count(case when is_test then 1 end) as test_events,
        count(distinct source) as sources,
        min(ts) as first_seen_at,
        max(ts) as last_seen_at
    from landed
    group by
        event,
        schema_ver

)

select * from versions

with

traces as (

    select * from {{ ref('int_landing__traces') }}

),

paths as (

    select
        cast(trace_id as string) as trace_id,
        cast(first_event as string) as first_event,
        cast(last_event as string) as last_event,
        cast(hops as bigint) as hops,
        cast(duration_ms as bigint) as duration_ms,
        cast(broken_at as string) as broken_at
    from traces

)

select * from paths

with

landed as (

    select * from {{ source('quality', 'api_latency') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        endpoint,

        ---------- numbers
        latency_ms,
        count,
        sum_ms,
        p50,
        p95,
        p99,
        window_s,
        status,

        ---------- lists
        buckets

    from landed

)

select * from renamed

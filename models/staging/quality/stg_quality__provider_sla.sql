with

landed as (

    select * from {{ source('quality', 'provider_sla') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        provider_id,

        ---------- numbers
        calls,
        rounds,
        timeouts,
        aborted_rounds,
        errors,
        p95_ms,
        window_s

    from landed

)

select * from renamed

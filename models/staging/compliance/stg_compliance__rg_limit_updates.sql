with

landed as (

    select * from {{ source('compliance', 'rg_limit_updated') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        limit_id,

        ---------- strings
        type,
        period,
        currency,
        initiator,

        ---------- money
        new_value,
        old_value,

        ---------- times
        effective_ts as effective_at

    from landed

)

select * from renamed

with

landed as (

    select * from {{ source('compliance', 'self_exclusion') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        scope,
        register,

        ---------- times
        start_ts as starts_at,
        end_ts as ends_at

    from landed

)

select * from renamed

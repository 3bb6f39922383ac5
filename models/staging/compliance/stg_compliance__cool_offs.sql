with

landed as (

    select * from {{ source('compliance', 'cool_off') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- times
        end_ts as ends_at

    from landed

)

select * from renamed

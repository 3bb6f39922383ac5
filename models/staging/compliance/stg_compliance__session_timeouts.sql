with

landed as (

    select * from {{ source('compliance', 'session_timeout') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        reason,

        ---------- numbers
        duration_s

    from landed

)

select * from renamed

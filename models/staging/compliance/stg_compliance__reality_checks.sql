with

landed as (

    select * from {{ source('compliance', 'reality_check_shown') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- numbers
        after_s

    from landed

)

select * from renamed

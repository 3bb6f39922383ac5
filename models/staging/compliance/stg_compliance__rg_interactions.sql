with

landed as (

    select * from {{ source('compliance', 'rg_interaction') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        action,
        channel,
        outcome

    from landed

)

select * from renamed

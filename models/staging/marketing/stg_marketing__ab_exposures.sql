with

landed as (

    select * from {{ source('marketing', 'ab_variant_exposed') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        ab_exp,
        ab_var,
        unit

    from landed

)

select * from renamed

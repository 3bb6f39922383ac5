with

landed as (

    select * from {{ source('marketing', 'feature_flag_off') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        flag,
        scope,
        rule

    from landed

)

select * from renamed

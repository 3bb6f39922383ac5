with

landed as (

    select * from {{ source('account', 'consent_updated') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        purpose,
        basis,

        ---------- booleans
        granted

    from landed

)

select * from renamed

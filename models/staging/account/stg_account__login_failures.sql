with

landed as (

    select * from {{ source('account', 'login_failed') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        device_id,

        ---------- strings
        method,
        geo_country

    from landed

)

select * from renamed

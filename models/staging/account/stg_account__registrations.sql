with

landed as (

    select * from {{ source('account', 'registration') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        affiliate_id,
        device_id,

        ---------- strings
        country,
        channel,
        segment,
        age_band

    from landed

)

select * from renamed

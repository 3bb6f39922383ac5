with

landed as (

    select * from {{ source('marketing', 'install_referrer') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        store,
        referrer_campaign,

        ---------- times
        click_ts as clicked_at,
        install_ts as installed_at

    from landed

)

select * from renamed

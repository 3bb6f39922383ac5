with

landed as (

    select * from {{ source('marketing', 'ad_spend') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        campaign_id,

        ---------- strings
        channel,
        spend_currency,

        ---------- money
        spend_amount,

        ---------- numbers
        impressions,
        clicks,

        ---------- times
        day as spend_day

    from landed

)

select * from renamed

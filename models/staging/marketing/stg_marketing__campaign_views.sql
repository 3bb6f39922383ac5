with

landed as (

    select * from {{ source('marketing', 'campaign_view') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        campaign_id,
        creative_id,

        ---------- strings
        channel,
        placement,
        cost_model

    from landed

)

select * from renamed

with

landed as (

    select * from {{ source('marketing', 'crm_message_suppressed') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        message_id,
        campaign_id,

        ---------- strings
        channel,
        reason

    from landed

)

select * from renamed

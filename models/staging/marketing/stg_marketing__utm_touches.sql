with

landed as (

    select * from {{ source('marketing', 'utm_attribution') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        affiliate_id,

        ---------- strings
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        touch_type,
        landing_path

    from landed

)

select * from renamed

with

landed as (

    select * from {{ source('compliance', 'kyc_failed') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        case_id,

        ---------- strings
        level,
        vendor,
        reason,
        age_band,

        ---------- numbers
        duration_s

    from landed

)

select * from renamed

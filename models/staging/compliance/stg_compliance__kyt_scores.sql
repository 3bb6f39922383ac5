with

landed as (

    select * from {{ source('compliance', 'kyt_address_risk_scored') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        address_hash,

        ---------- strings
        chain,
        asset,
        direction,

        ---------- numbers
        score,

        ---------- lists
        categories

    from landed

)

select * from renamed

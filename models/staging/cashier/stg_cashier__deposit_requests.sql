with

landed as (

    select * from {{ source('cashier', 'deposit_initiated') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        deposit_id,
        psp_id,
        instrument_fingerprint,

        ---------- strings
        currency,
        method,
        channel,
        instrument_type,
        instrument_issuer_country,
        instrument_bin,
        asset_code,

        ---------- money
        amount,

        ---------- numbers
        asset_amount

    from landed

)

select * from renamed

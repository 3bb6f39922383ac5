with

landed as (

    select * from {{ source('cashier', 'deposit_success') }}
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
        instrument_type,
        instrument_issuer_country,
        instrument_bin,
        fee_currency,
        three_ds,
        asset_code,

        ---------- money
        amount,
        fee_amount,

        ---------- numbers
        asset_amount

    from landed

)

select * from renamed

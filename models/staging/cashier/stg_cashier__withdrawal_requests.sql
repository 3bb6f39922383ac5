with

landed as (

    select * from {{ source('cashier', 'withdrawal_request') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        withdrawal_id,
        instrument_fingerprint,
        payout_address_hash,

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
        balance_before,

        ---------- numbers
        asset_amount

    from landed

)

select * from renamed

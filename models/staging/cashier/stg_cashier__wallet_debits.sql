with

landed as (

    select * from {{ source('cashier', 'wallet_debit') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        txn_id,
        ref_id,
        reverses_txn_id,

        ---------- strings
        currency,
        wallet_type,
        ref_type,
        asset_code,

        ---------- money
        amount,
        balance_after,

        ---------- numbers
        asset_amount

    from landed

)

select * from renamed

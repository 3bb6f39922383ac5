with

landed as (

    select * from {{ source('cashier', 'withdrawal_paid') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        withdrawal_id,
        psp_id,

        ---------- strings
        currency,
        fee_currency,
        asset_code,

        ---------- money
        amount,
        fee_amount,

        ---------- numbers
        asset_amount

    from landed

)

select * from renamed

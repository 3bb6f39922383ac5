with

landed as (

    select * from {{ source('cashier', 'withdrawal_approved') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        withdrawal_id,

        ---------- strings
        approver,
        currency,
        asset_code,

        ---------- money
        amount,

        ---------- numbers
        review_ms,
        asset_amount

    from landed

)

select * from renamed

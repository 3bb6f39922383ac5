with

landed as (

    select * from {{ source('cashier', 'deposit_refunded') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        deposit_id,
        txn_id,

        ---------- strings
        currency,
        reason_code,

        ---------- money
        amount

    from landed

)

select * from renamed

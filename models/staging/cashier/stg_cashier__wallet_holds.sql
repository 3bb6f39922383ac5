with

landed as (

    select * from {{ source('cashier', 'wallet_hold') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        hold_id,
        txn_id,

        ---------- strings
        currency,
        outcome,

        ---------- money
        amount

    from landed

)

select * from renamed

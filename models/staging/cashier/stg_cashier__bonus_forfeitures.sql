with

landed as (

    select * from {{ source('cashier', 'bonus_forfeited') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        bonus_id,
        txn_id,

        ---------- strings
        currency,

        ---------- money
        amount

    from landed

)

select * from renamed

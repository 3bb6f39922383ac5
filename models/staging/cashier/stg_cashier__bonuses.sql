with

landed as (

    select * from {{ source('cashier', 'bonus_issued') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        bonus_id,
        txn_id,
        template_id,
        game_id,

        ---------- strings
        currency,
        type,

        ---------- money
        amount,
        wager_required,

        ---------- numbers
        wager_multiple,

        ---------- times
        expires_ts as expires_at

    from landed

)

select * from renamed

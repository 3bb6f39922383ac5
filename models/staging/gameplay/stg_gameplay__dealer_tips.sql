with

landed as (

    select * from {{ source('gameplay', 'dealer_tip') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        txn_id,
        reverses_txn_id,
        provider_id,
        game_id,
        table_id,
        round_id,

        ---------- strings
        currency,

        ---------- money
        amount

    from landed

)

select * from renamed

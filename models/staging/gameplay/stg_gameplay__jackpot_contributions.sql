with

landed as (

    select * from {{ source('gameplay', 'jackpot_contribution') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        round_id,
        bet_id,
        txn_id,
        pot_id,
        game_id,

        ---------- strings
        currency,
        pot_scope,

        ---------- money
        amount

    from landed

)

select * from renamed

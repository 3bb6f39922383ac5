with

landed as (

    select * from {{ source('gameplay', 'tournament_finished') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        tournament_id,
        txn_id,
        game_id,

        ---------- strings
        prize_currency,
        coalesce(paid_as, 'cash') as paid_as,

        ---------- money
        prize_amount,

        ---------- numbers
        rank

    from landed

)

select * from renamed

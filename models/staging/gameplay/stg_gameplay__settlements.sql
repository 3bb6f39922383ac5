with

landed as (

    select * from {{ source('gameplay', 'round_settle') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        round_id,
        txn_id,
        bet_id,
        provider_id,
        game_id,
        pot_id,

        ---------- strings
        payout_currency,
        outcome,
        jackpot_win_currency,
        pot_scope,

        ---------- money
        payout_amount,
        jackpot_win_amount,

        ---------- numbers
        rtp_snapshot,
        coalesce(revision, 0) as revision,
        settle_latency_ms,

        ---------- booleans
        coalesce(is_round_end, true) as is_round_end,

        ---------- lists
        components

    from landed

)

select * from renamed

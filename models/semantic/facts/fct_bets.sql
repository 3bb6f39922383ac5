{{ config(materialized='view') }}

with

states as (

    select * from {{ ref('int_bets__states') }} where is_latest

),

-- A latency below 0 tells of two clocks and of no time.
timed as (

    select
        *,
        coalesce(reported_accept_ms, {{ ms_between('placed_at', 'accepted_at') }}) as accept_ms,
        case
            when not is_settled then null
            when reported_settle_ms is not null then reported_settle_ms
            else {{ ms_between('coalesce(accepted_at, placed_at)', 'settled_at') }}
        end as settle_ms
    from states

),

bets as (

    select

        ---------- ids
        brand,
        player_id,
        issuer_id,
        round_id,
        bet_id,
        session_id,
        trace_id,
        game_id,
        provider_id,
        table_id,

        ---------- strings
        jurisdiction,
        currency,
        wallet_type,
        rtp_variant,
        status,

        ---------- money
        stake_amount,
        refunded_amount,
        handle_amount,
        payout_amount,
        jackpot_payout_amount,
        network_payout_amount,
        ggr_amount,
        open_stake_amount,
        handle_bonus_amount as bonus_stake_amount,
        bonus_payout_amount,
        theo_amount,

        ---------- money in the reporting currency
        fx_rate_to_base,
        handle_base,
        payout_base,
        network_payout_base,
        ggr_base,

        ---------- numbers
        rtp_snapshot,
        rtp_theoretical,
        cast({{ latency_or_null('accept_ms') }} as bigint) as accept_latency_ms,
        cast({{ latency_or_null('settle_ms') }} as bigint) as settle_latency_ms,
        possible_repeats,
        built_seq,

        ---------- booleans
        is_free_spin,
        is_unstaked,
        is_counted,
        is_settled,
        is_disputed,
        has_currency_mismatch,
        has_foreign_payout,
        has_foreign_jackpot,
        has_jackpot_above_payout,

        ---------- times
        placed_at,
        last_placed_at,
        accepted_at,
        settled_at,
        cancelled_at,
        gaming_day,
        last_gaming_day

    from timed

)

select * from bets

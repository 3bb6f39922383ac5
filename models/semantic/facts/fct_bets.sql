{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['brand', 'player_id', 'round_id'], 'int_bets__events') }}"
) }}

with

resolved as (

    select * from {{ ref('int_bets__resolved') }}

),

-- What the rules found, put into words and into amounts that add up: nothing that does not count has an amount.
booked as (

    select
        *,
        case
            when is_counted and round_ended_at is not null then 'settled'
            when is_counted then 'open'
            else coalesce(reversal, 'refunded')
        end as status,
        is_counted and round_ended_at is not null as is_settled,
        case when round_ended_at is not null then coalesce(won_amount, 0) else 0 end as payout_amount,
        case when round_ended_at is not null then coalesce(won_jackpot_amount, 0) else 0 end as jackpot_payout_amount,
        case when round_ended_at is not null then coalesce(won_bonus_amount, 0) else 0 end as bonus_payout_amount,
        coalesce(rtp_snapshot, catalogue_rtp) as rtp_theoretical
    from resolved

),

based as (

    select
        *,
        {{ to_base('handle_amount', 'fx_rate_to_base') }} as handle_base,
        {{ to_base('payout_amount', 'fx_rate_to_base') }} as payout_base
    from booked

),

bets as (

    select

        ---------- ids
        brand,
        player_id,
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
        cast(stake_amount as decimal(38, 8)) as stake_amount,
        cast(refunded_amount as decimal(38, 8)) as refunded_amount,
        cast(handle_amount as decimal(38, 8)) as handle_amount,
        cast(payout_amount as decimal(38, 8)) as payout_amount,
        cast(jackpot_payout_amount as decimal(38, 8)) as jackpot_payout_amount,
        cast(case when is_settled then handle_amount - payout_amount else 0 end as decimal(38, 8)) as ggr_amount,
        cast(case when is_settled then 0 else handle_amount end as decimal(38, 8)) as open_stake_amount,
        cast(least(placed_bonus_amount, handle_amount) as decimal(38, 8)) as bonus_stake_amount,
        cast(bonus_payout_amount as decimal(38, 8)) as bonus_payout_amount,
        cast({{ product_or_null('handle_amount', '1 - rtp_theoretical') }} as decimal(38, 8)) as theo_amount,

        ---------- money in the reporting currency
        fx_rate_to_base,
        cast(handle_base as decimal(38, 4)) as handle_base,
        cast(payout_base as decimal(38, 4)) as payout_base,
        cast(
            case
                when is_settled then handle_base - payout_base
                when fx_rate_to_base is not null then 0
            end as decimal(38, 4)
        ) as ggr_base,

        ---------- numbers
        cast(rtp_snapshot as decimal(38, 18)) as rtp_snapshot,
        cast(rtp_theoretical as decimal(38, 18)) as rtp_theoretical,
        cast(coalesce(reported_accept_ms, {{ ms_between('placed_at', 'accepted_at') }}) as bigint) as accept_latency_ms,
        cast(
            case
                when not is_settled then null
                when reported_settle_ms is not null then reported_settle_ms
                else {{ ms_between('coalesce(accepted_at, placed_at)', 'round_ended_at') }}
            end as bigint
        ) as settle_latency_ms,
        greatest(stake_seq, coalesce(reply_seq, stake_seq), coalesce(payout_seq, stake_seq)) as built_seq,

        ---------- booleans
        is_free_spin,
        is_counted,
        is_settled,
        has_foreign_stake
        or coalesce(has_foreign_refund, false)
        or coalesce(has_foreign_payout, false) as has_currency_mismatch,

        ---------- times
        placed_at,
        last_placed_at,
        accepted_at,
        case when is_settled then round_ended_at end as settled_at,
        case when not is_counted then coalesce(cancelled_at, last_refund_at) end as cancelled_at,
        gaming_day,
        last_gaming_day

    from based

)

select * from bets

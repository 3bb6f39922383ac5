{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent') }}",
    post_hook="{{ mark_built() }}"
) }}
{%- set bet = 'brand, player_id, issuer_id, round_id, as_of_day, bet_id' -%}
with

handles as (

    select * from {{ ref('int_bets__handles') }}

),

payouts as (

    select * from {{ ref('int_bets__payouts') }}

),

-- A win that does not say how it splits goes back to the wallets that paid the stake; a free round was all bonus.
won as (

    select
        handles.*,
        payouts.payout_amount as won_amount,
        payouts.jackpot_amount,
        payouts.network_amount,
        payouts.rtp_snapshot,
        payouts.reported_settle_ms,
        payouts.round_ended_at,
        handles.is_counted and payouts.round_ended_at is not null as is_settled,
        coalesce(payouts.has_foreign_payout, false) as has_foreign_payout,
        coalesce(payouts.has_foreign_jackpot, false) as has_foreign_jackpot,
        payouts.said_bonus_amount + case
            when handles.standing_amount = 0 and handles.is_all_bonus then payouts.payout_amount - payouts.said_amount
            else
                coalesce(
                    {{ truncated_share_or_null(
                        'payouts.payout_amount - payouts.said_amount', 'handles.standing_bonus_amount',
                        'handles.standing_amount'
                    ) }},
                    0
                )
        end as won_bonus_amount
    from handles
    left join payouts using ({{ bet }})

),

-- What the rules found, put into words and into amounts that add up: nothing that does not count has an amount.
outcomes as (

    select
        *,
        case
            when is_settled then 'settled'
            when is_counted then 'open'
            else coalesce(case when not is_standing then reversal end, 'refunded')
        end as status,
        case when is_settled then handle_amount else 0 end as settled_amount,
        case when is_settled then handle_bonus_amount else 0 end as settled_bonus_amount,
        case when is_settled then won_amount else 0 end as payout_amount,
        case when is_settled then won_bonus_amount else 0 end as bonus_payout_amount,
        case when is_settled then least(jackpot_amount, won_amount) else 0 end as jackpot_payout_amount,
        case when is_settled then least(network_amount, won_amount) else 0 end as network_payout_amount,
        -- At most what was paid as cash: where a win went to the bonus wallet, it was no prize yet.
        case when is_settled then least(network_amount, won_amount - won_bonus_amount) else 0 end as network_cash_payout_amount,
        is_settled and jackpot_amount > won_amount as has_jackpot_above_payout,
        coalesce(rtp_snapshot, catalogue_rtp) as rtp_theoretical
    from won

),

based as (

    select
        *,
        {{ to_base('handle_amount', 'fx_rate_to_base') }} as handle_base,
        {{ to_base('payout_amount', 'fx_rate_to_base') }} as payout_base,
        {%- for amount in ['settled_bonus', 'bonus_payout', 'network_payout', 'network_cash_payout'] %}
            case
                when {{ amount }}_amount != 0 then {{ to_base(amount ~ '_amount', 'fx_rate_to_base') }}
                when fx_rate_to_base is not null then 0
            end as {{ amount }}_base
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from outcomes

),

states as (

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
        bet_currency as currency,
        wallet_type,
        rtp_variant,
        status,

        ---------- money
        {%- for amount in [
            'stake', 'refunded', 'handle', 'handle_bonus', 'settled', 'settled_bonus', 'payout', 'bonus_payout',
            'jackpot_payout', 'network_payout', 'network_cash_payout'
        ] %}
            cast({{ amount }}_amount as decimal(38, 8)) as {{ amount }}_amount,
        {%- endfor %}
        cast(case when is_settled then handle_amount - payout_amount else 0 end as decimal(38, 8)) as ggr_amount,
        cast(case when is_settled then 0 else handle_amount end as decimal(38, 8)) as open_stake_amount,
        cast({{ product_or_null('handle_amount', '1 - rtp_theoretical', 8) }} as decimal(38, 8)) as theo_amount,

        ---------- money in the reporting currency
        fx_rate_to_base,
        cast(handle_base as decimal(38, 4)) as handle_base,
        cast(case when is_settled then handle_base when fx_rate_to_base is not null then 0 end as decimal(38, 4))
            as settled_base,
        {%- for amount in ['settled_bonus', 'payout', 'bonus_payout', 'network_payout', 'network_cash_payout'] %}
            cast({{ amount }}_base as decimal(38, 4)) as {{ amount }}_base,
        {%- endfor %}
        cast(
            case when is_settled then handle_base - payout_base when fx_rate_to_base is not null then 0 end
            as decimal(38, 4)
        ) as ggr_base,

        ---------- numbers
        cast(rtp_snapshot as decimal(38, 18)) as rtp_snapshot,
        cast(rtp_theoretical as decimal(38, 18)) as rtp_theoretical,
        reported_accept_ms,
        reported_settle_ms,
        cast(possible_repeats as bigint) as possible_repeats,
        built_seq,

        ---------- booleans
        is_latest,
        is_free_spin,
        is_unstaked,
        is_counted,
        is_settled,
        is_disputed,
        has_foreign_stake or has_foreign_refund or has_foreign_payout as has_currency_mismatch,
        has_foreign_stake,
        has_foreign_refund,
        has_foreign_payout,
        has_foreign_jackpot,
        has_stake_conflict,
        has_bad_components,
        has_free_round_without_stake,
        has_jackpot_above_payout,

        ---------- times
        placed_at,
        last_placed_at,
        accepted_at,
        case when is_settled then round_ended_at end as settled_at,
        case when not is_counted then cancelled_at end as cancelled_at,
        reversed_until,
        gaming_day,
        last_gaming_day,
        as_of_day

    from based

)

select * from states

{{ config(materialized='ephemeral') }}
{%- set bet = 'brand, player_id, issuer_id, round_id, as_of_day, bet_id' -%}
{%- set stands = 'taken_at is null and is_comparable' -%}
with

stakes as (

    select * from {{ ref('int_bets__stakes') }}

),

measured as (

    select
        *,
        sum(case when is_comparable then amount else 0 end) over same_bet as stake_amount,
        sum(case when {{ stands }} then amount else 0 end) over same_bet as standing_amount,
        sum(case when {{ stands }} then coalesce(bonus_amount, 0) else 0 end) over same_bet as said_bonus_amount,
        sum(case when {{ stands }} and bonus_amount is not null then amount else 0 end) over same_bet as said_amount,
        bool_and(is_bonus_stake) over same_bet as is_all_bonus,
        bool_or(taken_at is null) over same_bet as is_standing,
        bool_or(taken_at is null and is_conflict) over same_bet as is_disputed,
        bool_or(not is_comparable) over same_bet as has_foreign_stake,
        bool_or(is_conflict) over same_bet as has_stake_conflict,
        bool_or(has_bad_components) over same_bet as has_any_bad_components,
        bool_or(is_free_spin and amount = 0 and not is_unstaked) over same_bet as has_free_round_without_stake,
        sum(case when is_possible_repeat then 1 else 0 end) over same_bet as possible_repeats,
        -- One status of many reversals, from "never was a bet" to "was given back".
        coalesce(
            max(case when rejected_at is not null then 'rejected' end) over same_bet,
            max(case when rolled_back_at is not null then 'rolled_back' end) over same_bet,
            max(case when voided_at is not null then 'voided' end) over same_bet,
            max(case when refunded_at is not null then 'refunded' end) over same_bet
        ) as reversal,
        max(taken_at) over same_bet as last_taken_at,
        max(placed_at) over same_bet as last_placed_at,
        max(gaming_day) over same_bet as last_gaming_day,
        max(changed_seq) over same_bet as stake_seq
    from stakes
    window same_bet as (partition by {{ bet }})

),

bets as (

    select

        ---------- ids
        {{ bet }},
        provider_id,
        session_id,
        trace_id,
        game_id,
        table_id,

        ---------- strings
        jurisdiction,
        bet_currency,
        wallet_type,
        rtp_variant,
        reversal,

        ---------- money
        stake_amount,
        standing_amount,
        -- What does not say which wallet paid was paid as the bet's other stakes were, else in cash.
        said_bonus_amount
        + coalesce(
            {{ truncated_share_or_null('standing_amount - said_amount', 'said_bonus_amount', 'said_amount') }}, 0
        ) as standing_bonus_amount,
        fx_rate_to_base,
        catalogue_rtp,

        ---------- numbers
        possible_repeats,
        stake_seq,

        ---------- booleans
        is_latest,
        is_free_spin,
        is_unstaked,
        is_all_bonus,
        is_standing,
        is_disputed,
        is_standing and not is_disputed as takes_part,
        has_foreign_stake,
        has_stake_conflict,
        has_any_bad_components as has_bad_components,
        has_free_round_without_stake,

        ---------- times
        placed_at,
        last_placed_at,
        last_taken_at,
        reversed_until,
        gaming_day,
        last_gaming_day

    from measured
    where stake_no = 1

)

select * from bets

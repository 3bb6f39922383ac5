{{ config(materialized='ephemeral') }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent', 'int_bets__states') -%}
{%- set round = 'brand, player_id, issuer_id, round_id, as_of_day' -%}
{%- set bet = round ~ ', bet_id' -%}
with

bets as (

    select * from {{ ref('int_bets__standing') }}

),

refunds as (

    select * from {{ ref('int_bets__refunds') }}

),

all_events as (

    select * from {{ ref('int_bets__events') }} {{ if_touched }}

),

days as (

    select * from {{ ref('int_bets__days') }} {{ if_touched }}

),

events as (

    select * from all_events where issuer_id is not null and kind != 'contributed'

),

said as (

    {{ by_day('events', 'event_at', 'days') }}

),

{% for scope, keys in [('bet', bet), ('round', round)] %}
    {{ scope }}_replies as (

        select
            {{ keys }},
            min(case when kind = 'accepted' then event_at end) as accepted_at,
            min(case when kind = 'accepted' then {{ latency_or_null('latency_ms') }} end) as accept_ms,
            max(changed_seq) as reply_seq
        from said
        where bet_id is {{ 'not null' if scope == 'bet' else 'null' }}
        group by {{ keys }}

    ),

{% endfor %}
-- Partial refunds that reach the stake have refunded it in full. A bet without a stake has none that they could reach.
refunded as (

    select
        bets.*,
        least(bets.standing_amount, coalesce(refunds.refunded_amount, 0)) as refunded_amount,
        refunds.last_refund_at,
        coalesce(refunds.has_foreign_refund, false) as has_foreign_refund,
        least(bet_replies.accepted_at, round_replies.accepted_at) as accepted_at,
        least(bet_replies.accept_ms, round_replies.accept_ms) as reported_accept_ms,
        greatest(
            bets.stake_seq,
            coalesce(bet_replies.reply_seq, bets.stake_seq),
            coalesce(round_replies.reply_seq, bets.stake_seq)
        ) as built_seq
    from bets
    left join refunds using ({{ bet }})
    left join bet_replies using ({{ bet }})
    left join round_replies using ({{ round }})

),

handles as (

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
        standing_bonus_amount,
        refunded_amount,
        case when takes_part then standing_amount - refunded_amount else 0 end as handle_amount,
        -- A refund goes back to the wallets that paid.
        case
            when takes_part
                then
                    standing_bonus_amount
                    - coalesce(
                        {{ truncated_share_or_null('refunded_amount', 'standing_bonus_amount', 'standing_amount') }}, 0
                    )
            else 0
        end as handle_bonus_amount,
        fx_rate_to_base,
        catalogue_rtp,

        ---------- numbers
        reported_accept_ms,
        possible_repeats,
        built_seq,

        ---------- booleans
        is_latest,
        is_free_spin,
        is_unstaked,
        is_all_bonus,
        is_standing,
        is_disputed,
        takes_part,
        is_standing and (standing_amount = 0 or is_disputed or refunded_amount < standing_amount) as is_counted,
        has_foreign_stake,
        has_foreign_refund,
        has_stake_conflict,
        has_bad_components,
        has_free_round_without_stake,

        ---------- times
        placed_at,
        last_placed_at,
        accepted_at,
        -- The moment from which nothing of it stands.
        case when not is_standing then last_taken_at else last_refund_at end as cancelled_at,
        reversed_until,
        gaming_day,
        last_gaming_day

    from refunded

)

select * from handles

{{ config(materialized='ephemeral') }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent', 'int_bets__states') -%}
{%- set round = 'brand, player_id, issuer_id, round_id, as_of_day' -%}
{%- set bet = round ~ ', bet_id' -%}
with

all_events as (

    select * from {{ ref('int_bets__events') }} {{ if_touched }}

),

days as (

    select * from {{ ref('int_bets__days') }} {{ if_touched }}

),

bets as (

    select
        *,
        standing_amount as weight
    from {{ ref('int_bets__standing') }}
    where takes_part

),

events as (

    select
        *,
        bet_id is null as is_of_round,
        coalesce(bet_id, '') as key_bet_id
    from all_events
    where kind = 'partially_refunded' and issuer_id is not null and amount is not null

),

copies as (

    {{ by_day('events', 'event_at', 'days') }}

),

-- The same transaction is the same refund; with another amount it counts nothing.
refunds as (

    select
        {{ round }},
        is_of_round,
        case when not is_of_round then key_bet_id end as bet_id,
        max(currency) as currency,
        max(amount) as amount,
        min(event_at) as refunded_at
    from copies
    group by {{ round }}, is_of_round, key_bet_id, coalesce(txn_id, event_id)
    having min(amount) = max(amount) and min(currency) = max(currency)

),

round_refunds as (

    select
        {{ round }},
        currency,
        sum(amount) as amount
    from refunds
    where is_of_round
    group by {{ round }}, currency

),

last_refunds as (

    select
        {{ round }},
        max(refunded_at) as refunded_at
    from refunds
    where is_of_round
    group by {{ round }}

),

shares as (

    {{ split_by_stake('round_refunds', 'bets', round, ['amount']) }}

),

-- What was given back before a bet was reversed whole was given back of stakes that are gone.
spent as (

    select
        bets.brand,
        bets.player_id,
        bets.issuer_id,
        bets.round_id,
        bets.as_of_day,
        bets.bet_id,
        refunds.currency,
        sum(refunds.amount) as spent_amount
    from bets
    inner join refunds using ({{ round }})
    where refunds.is_of_round and refunds.refunded_at <= bets.reversed_until
    group by
        bets.brand, bets.player_id, bets.issuer_id, bets.round_id, bets.as_of_day, bets.bet_id, refunds.currency

),

parts as (

    select
        {{ bet }},
        refunds.currency,
        refunds.amount,
        refunds.refunded_at
    from refunds
    inner join bets using ({{ bet }})
    where bets.reversed_until is null or refunds.refunded_at > bets.reversed_until

    union all

    select
        {{ bet }},
        currency,
        shares.amount
        - coalesce({{ truncated_share_or_null('spent.spent_amount', 'shares.weight', 'shares.total_weight') }}, 0)
            as amount,
        last_refunds.refunded_at
    from shares
    left join spent using ({{ bet }}, currency)
    left join last_refunds using ({{ round }})

),

bet_refunds as (

    select
        {{ bet }},
        sum(case when parts.currency = bets.bet_currency then parts.amount else 0 end) as refunded_amount,
        max(parts.refunded_at) as last_refund_at,
        bool_or(parts.currency != bets.bet_currency) as has_foreign_refund
    from parts
    inner join bets using ({{ bet }})
    group by {{ bet }}

)

select * from bet_refunds

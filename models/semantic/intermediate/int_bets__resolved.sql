{{ config(materialized='ephemeral') }}
{% set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__events', 'fct_bets') %}
{% set bet = 'brand, player_id, round_id, bet_id' %}

with

handles as (

    select * from {{ ref('int_bets__standing') }}

),

settlement_events as (

    select *
    from {{ ref('stg_gameplay__settlements') }} {{ if_touched }}

),

settlements as (

    {{ settlements_once('settlement_events') }}

),

round_settlements as (

    select
        *,
        settlement_id as payment_id
    from settlements
    where bet_id is null

),

{% set amounts = ['payout_amount', 'jackpot_amount', 'bonus_amount'] %}
{% set keep = ['currency', 'rtp_snapshot', 'settle_latency_ms', 'round_ended_at', 'changed_seq'] %}
shares as (

    select
        {{ bet }},
        {{ (amounts + keep) | join(', ') }}
    from settlements
    where bet_id is not null
    union all
    {{ split_by_stake(
        payments='round_settlements',
        bets='handles',
        only='is_counted',
        weight='handle_amount',
        amounts=amounts,
        keep=keep
    ) }}

),

-- A winning in another currency still ends the round; its money does not count and the bet says so.
won as (

    select
        shares.*,
        handles.wallet_type,
        shares.currency = handles.bet_currency as is_comparable
    from handles
    inner join shares using ({{ bet }})
    where handles.is_counted

),

payouts as (

    select
        {{ bet }},
        sum(case when is_comparable then payout_amount else 0 end) as won_amount,
        sum(case when is_comparable then jackpot_amount else 0 end) as won_jackpot_amount,
        sum(
            case
                when is_comparable and bonus_amount is not null then bonus_amount
                when is_comparable and wallet_type = 'bonus' then payout_amount
                else 0
            end
        ) as won_bonus_amount,
        bool_or(not is_comparable) as has_foreign_payout,
        max(rtp_snapshot) as rtp_snapshot,
        min(settle_latency_ms) as reported_settle_ms,
        min(round_ended_at) as round_ended_at,
        max(changed_seq) as payout_seq
    from won
    group by {{ bet }}

),

resolved as (

    select
        handles.*,
        payouts.won_amount,
        payouts.won_jackpot_amount,
        payouts.won_bonus_amount,
        payouts.has_foreign_payout,
        payouts.rtp_snapshot,
        payouts.reported_settle_ms,
        payouts.round_ended_at,
        payouts.payout_seq
    from handles
    left join payouts using ({{ bet }})

)

-- The width is that of int_bets__places, which the linter does not follow.
select * from resolved  -- noqa: AM04

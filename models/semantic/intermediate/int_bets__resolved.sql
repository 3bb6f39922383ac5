{{ config(materialized='ephemeral') }}
{% set round = 'brand, player_id, round_id' %}
{% set bet = 'brand, player_id, round_id, bet_id' %}

with

placed as (

    select * from {{ ref('int_bets__places') }}

),

events as (

    select * from {{ ref('int_bets__events') }} where kind not in ('placed', 'settled')

),

settlement_events as (

    select * from {{ ref('stg_gameplay__settlements') }}

),

places as (

    select
        *,
        row_number() over (partition by {{ bet }} order by placed_at, event_id) as place_no,
        first_value(currency) over (partition by {{ bet }} order by placed_at, event_id) as bet_currency
    from placed

),

stakes as (

    select
        {{ bet }},
        cast(sum(case when currency = bet_currency then amount else 0 end) as decimal(38, 4)) as stake_amount,
        cast(sum(case when currency = bet_currency then bonus_amount else 0 end) as decimal(38, 4)) as placed_bonus_amount,
        max(placed_at) as last_placed_at,
        max(gaming_day) as last_gaming_day,
        max(changed_seq) as stake_seq,
        coalesce(bool_or(currency != bet_currency), false) as has_foreign_stake
    from places
    group by {{ bet }}

),

bets as (

    select * from places inner join stakes using ({{ bet }}) where place_no = 1

),

-- Everything said about a bet, in whatever order it came. Without a bet id it is said about every bet of the round and player.
replies as (

    select
        {{ round }},
        bets.bet_id,
        min(case when kind = 'accepted' then event_at end) as accepted_at,
        min(case when kind = 'accepted' then latency_ms end) as reported_accept_ms,
        min(case when kind in ('rejected', 'rolled_back', 'voided', 'refunded') then event_at end) as cancelled_at,
        coalesce(
            max(case when kind = 'rejected' then kind end),
            max(case when kind = 'rolled_back' then kind end),
            max(case when kind = 'voided' then kind end),
            max(case when kind = 'refunded' then kind end)
        ) as reversal,
        sum(
            case when kind = 'partially_refunded' and events.bet_id = bets.bet_id and events.currency = bets.currency then events.amount end
        ) as own_refund_amount,
        max(case when kind = 'partially_refunded' then event_at end) as last_refund_at,
        bool_or(kind = 'partially_refunded' and events.currency != bets.currency) as has_foreign_refund,
        max(events.changed_seq) as reply_seq
    from bets
    inner join events using ({{ round }})
    where events.bet_id is null or events.bet_id = bets.bet_id
    group by {{ round }}, bets.bet_id

),

standing as (

    select * from bets left join replies using ({{ bet }})

),

round_refunds as (

    select *, event_id as payment_id from events where kind = 'partially_refunded' and bet_id is null

),

refund_shares as (

    {{ split_by_stake('round_refunds', 'standing', 'reversal is null', 'stake_amount', ['amount'], ['currency']) }}

),

refunds as (

    select {{ bet }}, currency, sum(amount) as shared_refund_amount from refund_shares group by {{ bet }}, currency

),

refunded as (

    select
        *,
        least(stake_amount, coalesce(own_refund_amount, 0) + coalesce(shared_refund_amount, 0)) as refunded_amount
    from standing
    left join refunds using ({{ bet }}, currency)

),

-- Refunds in parts that reach the stake have refunded it in full. A free spin has no stake that they could reach.
handles as (

    select
        *,
        case when reversal is null and not is_refunded_in_parts then stake_amount - refunded_amount else 0 end as handle_amount,
        reversal is null and not is_refunded_in_parts as is_counted
    from (select *, stake_amount > 0 and refunded_amount >= stake_amount as is_refunded_in_parts from refunded) as parts

),

settlements as (

    {{ settlements_once('settlement_events') }}

),

round_settlements as (

    select *, settlement_id as payment_id from settlements where bet_id is null

),

{% set amounts = ['payout_amount', 'jackpot_amount', 'bonus_amount'] %}
{% set keep = ['currency', 'rtp_snapshot', 'settle_latency_ms', 'round_ended_at', 'changed_seq'] %}
shares as (

    select {{ bet }}, {{ (amounts + keep) | join(', ') }} from settlements where bet_id is not null
    union all
    {{ split_by_stake('round_settlements', 'handles', 'is_counted', 'handle_amount', amounts, keep) }}

),

-- A winning in another currency still ends the round; its money does not count and the bet says so.
payouts as (

    select
        {{ bet }},
        sum(case when shares.currency = bet_currency then payout_amount else 0 end) as won_amount,
        sum(case when shares.currency = bet_currency then jackpot_amount else 0 end) as won_jackpot_amount,
        sum(
            case
                when shares.currency = bet_currency
                    then coalesce(bonus_amount, case when wallet_type = 'bonus' then payout_amount else 0 end)
                else 0
            end
        ) as won_bonus_amount,
        bool_or(shares.currency != bet_currency) as has_foreign_payout,
        max(rtp_snapshot) as rtp_snapshot,
        min(settle_latency_ms) as reported_settle_ms,
        min(round_ended_at) as round_ended_at,
        max(shares.changed_seq) as payout_seq
    from (select {{ bet }}, bet_currency, wallet_type from handles where is_counted) as counted
    inner join shares using ({{ bet }})
    group by {{ bet }}

),

resolved as (

    select * from handles left join payouts using ({{ bet }})

)

select * from resolved

{#
    What counts of a bet, said once for both clocks: `fct_bets` asks it of all that is known, `int_bets__bookings` of what was known at
    the end of each gaming day. Each macro gives a chain of CTEs that ends in the named one and goes on from CTEs of the caller.
    `round` and `bet` are the usual keys; a caller that asks about several days puts the day into round_id.
#}

{# `handles`: one row per bet with what was said about it. From `placed` (columns of int_bets__places) and `said` (of int_bets__events). #}
{% macro bets_standing() %}
{%- set round = 'brand, player_id, round_id' -%}
{%- set bet = 'brand, player_id, round_id, bet_id' -%}
-- An event id that comes again on another day is a repetition: the earliest counts.
stakes_once as (

    select
        *,
        row_number() over (partition by {{ bet }}, event_id order by placed_at) as copy_no
    from placed

),

events_sent as (

    select
        *,
        row_number() over (partition by {{ bet }}, kind, event_id order by event_at) as copy_no
    from said
    where kind not in ('placed', 'settled')

),

events as (

    select * from events_sent where copy_no = 1

),

places as (

    select
        *,
        row_number() over (partition by {{ bet }} order by placed_at, event_id) as place_no,
        first_value(currency) over (partition by {{ bet }} order by placed_at, event_id) as bet_currency
    from stakes_once
    where copy_no = 1

),

stakes as (

    select
        *,
        sum(case when currency = bet_currency then amount else 0 end) over (partition by {{ bet }}) as stake_amount,
        sum(case when currency = bet_currency then bonus_amount else 0 end) over (partition by {{ bet }})
            as placed_bonus_amount,
        max(placed_at) over (partition by {{ bet }}) as last_placed_at,
        max(gaming_day) over (partition by {{ bet }}) as last_gaming_day,
        max(changed_seq) over (partition by {{ bet }}) as stake_seq,
        bool_or(currency != bet_currency) over (partition by {{ bet }}) as has_foreign_stake
    from places

),

bets as (

    select * from stakes where place_no = 1

),

-- All that was said about a bet, in whatever order it came. Without a bet id it is said of every bet of the round.
replies as (

    select
        {{ round }},
        bets.bet_id,
        min(case when events.kind = 'accepted' then events.event_at end) as accepted_at,
        min(case when events.kind = 'accepted' then events.latency_ms end) as reported_accept_ms,
        min(case when events.kind in ('rejected', 'rolled_back', 'voided', 'refunded') then events.event_at end)
            as cancelled_at,
        coalesce(
            max(case when events.kind = 'rejected' then events.kind end),
            max(case when events.kind = 'rolled_back' then events.kind end),
            max(case when events.kind = 'voided' then events.kind end),
            max(case when events.kind = 'refunded' then events.kind end)
        ) as reversal,
        sum(
            case
                when
                    events.kind = 'partially_refunded'
                    and events.bet_id = bets.bet_id
                    and events.currency = bets.bet_currency
                    then events.amount
            end
        ) as own_refund_amount,
        max(case when events.kind = 'partially_refunded' then events.event_at end) as last_refund_at,
        bool_or(events.kind = 'partially_refunded' and events.currency != bets.bet_currency) as has_foreign_refund,
        max(events.changed_seq) as reply_seq
    from bets
    inner join events using ({{ round }})
    where events.bet_id is null or events.bet_id = bets.bet_id
    group by {{ round }}, bets.bet_id

),

replied as (

    select
        bets.*,
        replies.accepted_at,
        replies.reported_accept_ms,
        replies.cancelled_at,
        replies.reversal,
        replies.own_refund_amount,
        replies.last_refund_at,
        replies.has_foreign_refund,
        replies.reply_seq
    from bets
    left join replies using ({{ bet }})

),

round_refunds as (

    select
        *,
        row_number() over (partition by {{ round }} order by event_at, event_id) as payment_id
    from events
    where kind = 'partially_refunded' and bet_id is null

),

refund_shares as (

    {{ split_by_stake(
        payments='round_refunds',
        bets='replied',
        only='reversal is null',
        weight='stake_amount',
        amounts=['amount'],
        keep=['currency']
    ) }}

),

refunds as (

    select
        {{ bet }},
        currency,
        sum(amount) as amount
    from refund_shares
    group by {{ bet }}, currency

),

-- Refunds in parts that reach the stake have refunded it in full. A free spin has no stake that they could reach.
refunded as (

    select
        replied.*,
        least(replied.stake_amount, coalesce(replied.own_refund_amount, 0) + coalesce(refunds.amount, 0))
            as refunded_amount
    from replied
    left join refunds using ({{ bet }}, currency)

),

handles as (

    select
        *,
        reversal is null and (stake_amount = 0 or refunded_amount < stake_amount) as is_counted,
        case when reversal is null then stake_amount - refunded_amount else 0 end as handle_amount
    from refunded

)
{%- endmacro %}

{# `resolved`: the same with what was won. From `handles` and `settlement_events` (columns of stg_gameplay__settlements). #}
{% macro bets_resolved() %}
{%- set bet = 'brand, player_id, round_id, bet_id' -%}
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
{%- endmacro %}

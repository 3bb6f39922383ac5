{%- set round = 'brand, player_id, issuer_id, round_id' -%}
{%- set reversal = round ~ ', kind, event_id, event_at' -%}
with

reversals as (

    select * from {{ ref('int_bets__reversals') }} where is_latest

),

following as (

    select
        *,
        lag(event_at) over (partition by {{ round }}, bet_id order by event_at, event_id) as previous_at
    from reversals
    where reach = 'whole'

),

-- Reversals of a whole bet or round that name an amount, with the one before, whether that named one or not.
naming as (

    select * from following where amount is not null

),

named_rounds as (

    select distinct {{ round }} from naming

),

-- Each stake once: of one transaction, what it took from each wallet.
stakes as (

    select
        {{ round }},
        placements.bet_id,
        coalesce(placements.txn_id, placements.event_id) as stake_id,
        max(placements.amount) as amount,
        max(placements.currency) as currency,
        min(placements.placed_at) as placed_at
    from {{ ref('int_bets__placements') }} as placements
    inner join named_rounds using ({{ round }})
    group by {{ round }}, placements.bet_id, coalesce(placements.txn_id, placements.event_id), placements.wallet_type

),

taken_stakes as (

    select
        {{ round }},
        bet_id,
        stake_id,
        min(event_at) as taken_at
    from reversals
    where reach = 'stake'
    group by {{ round }}, bet_id, stake_id

),

left_stakes as (

    select
        stakes.*,
        taken_stakes.taken_at
    from stakes
    left join taken_stakes using ({{ round }}, bet_id, stake_id)

),

found as (

    select
        {{ reversal }},
        sum(stakes.amount) as all_amount,
        sum(case when stakes.placed_at > naming.previous_at then stakes.amount end) as new_amount,
        min(stakes.currency) as first_currency,
        max(stakes.currency) as last_currency
    from naming
    inner join left_stakes as stakes using ({{ round }})
    where
        (naming.bet_id is null or naming.bet_id = stakes.bet_id)
        and stakes.placed_at <= naming.event_at
        and (stakes.taken_at is null or stakes.taken_at > naming.event_at)
    group by {{ reversal }}

),

-- A refund told twice is one.
partial_refunds as (

    select
        {{ round }},
        events.bet_id,
        max(events.amount) as amount,
        min(events.event_at) as event_at
    from {{ ref('int_bets__events') }} as events
    inner join named_rounds using ({{ round }})
    where events.kind = 'partially_refunded'
    group by {{ round }}, events.bet_id, coalesce(events.txn_id, events.event_id)

),

refunds as (

    select
        {{ round }},
        naming.kind,
        naming.event_id,
        naming.event_at,
        sum(events.amount) as amount
    from naming
    inner join partial_refunds as events using ({{ round }})
    where
        (naming.bet_id is null or naming.bet_id = events.bet_id)
        and events.event_at <= naming.event_at
        and (naming.previous_at is null or events.event_at > naming.previous_at)
    group by {{ round }}, naming.kind, naming.event_id, naming.event_at

),

reversal_amounts as (

    select
        {{ reversal }},
        naming.bet_id,
        naming.amount,
        -- What was placed since the reversal before; told twice, a reversal finds what the first one found.
        coalesce(found.new_amount, found.all_amount) - coalesce(refunds.amount, 0) as standing_amount,
        naming.currency != found.first_currency or naming.currency != found.last_currency as has_other_currency
    from naming
    inner join found using ({{ reversal }})
    left join refunds using ({{ reversal }})

)

select * from reversal_amounts

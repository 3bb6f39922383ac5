{{ config(group='core', severity='warn') }}
-- depends_on: {{ ref('cash_reconciliation') }}
-- The mistake: a settlement is processed twice and the prize is paid twice.
-- Found where the credits for a round, less what was taken back, exceed the payout that counts. Only for rounds of
-- which every bet is settled: what an open round has paid is no payout yet, and what a cancelled one has paid may
-- still be on its way back. Where an event of the round is in conflict, what it should pay is not known.
with

credits as (

    select
        brand,
        player_id,
        round_id,
        currency,
        sum(signed_amount) as credited_amount
    from {{ ref('int_payments__booked_movements') }}
    where is_prize
    group by
        brand,
        player_id,
        round_id,
        currency

),

payouts as (

    select
        brand,
        player_id,
        round_id,
        currency,
        sum(payout_amount) as payout_amount
    from {{ ref('fct_bets') }}
    group by
        brand,
        player_id,
        round_id,
        currency
    having bool_and(is_settled and not has_currency_mismatch)

),

conflicts as (

    select
        brand,
        player_id,
        round_id
    from {{ ref('stg_landing__left_out') }}
    where round_id is not null
    union
    select
        brand,
        player_id,
        round_id
    from {{ ref('stg_gameplay__settlements') }}
    group by
        brand,
        player_id,
        round_id,
        coalesce(bet_id, round_id),
        coalesce(txn_id, event_id)
    having min(payout_amount) <> max(payout_amount) or min(payout_currency) <> max(payout_currency)

)

select
    credits.brand,
    credits.player_id,
    credits.round_id,
    credits.credited_amount,
    payouts.payout_amount
from credits
inner join payouts
    on
        credits.brand = payouts.brand
        and credits.player_id = payouts.player_id
        and credits.round_id = payouts.round_id
        and credits.currency = payouts.currency
left join conflicts
    on
        credits.brand = conflicts.brand
        and credits.player_id = conflicts.player_id
        and credits.round_id = conflicts.round_id
where
    credits.credited_amount > payouts.payout_amount
    and conflicts.round_id is null

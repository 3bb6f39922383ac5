-- The mistake: a settlement is processed twice and the prize is paid twice.
-- Found where the credits for a round, less what was taken back, exceed the payout that counts. Only on days with a
-- complete wallet feed, and only for rounds that are over: what an open round has paid is no payout yet.
with

complete_days as (

    select
        gaming_day,
        currency
    from {{ ref('cash_reconciliation') }}
    where has_wallet_feed

),

credits as (

    select
        brand,
        player_id,
        round_id,
        currency,
        gaming_day,
        sum(signed_amount) as credited_amount
    from {{ ref('int_payments__booked_movements') }}
    where
        entity = 'bet'
        and (ref_type in ('payout', 'jackpot') or (ref_type = 'void' and direction = 'debit'))
    group by
        brand,
        player_id,
        round_id,
        currency,
        gaming_day

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
    having count(case when is_counted and not is_settled then 1 end) = 0

)

select
    credits.brand,
    credits.player_id,
    credits.round_id,
    credits.credited_amount,
    payouts.payout_amount
from credits
inner join complete_days
    on
        credits.gaming_day = complete_days.gaming_day
        and credits.currency = complete_days.currency
inner join payouts
    on
        credits.brand = payouts.brand
        and credits.player_id = payouts.player_id
        and credits.round_id = payouts.round_id
        and credits.currency = payouts.currency
where credits.credited_amount > payouts.payout_amount

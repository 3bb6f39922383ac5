-- Grouping loses no bet and counts none twice: the mart's sums are the fact's, by currency and in all.
with

facts as (

    select
        currency,
        sum(handle_amount) as handle,
        sum(payout_amount) as payout,
        sum(ggr_amount) as ggr,
        sum(open_stake_amount) as open_stakes,
        count(case when is_counted then 1 end) as bets
    from {{ ref('fct_bets') }}
    group by currency

),

marts as (

    select
        currency,
        sum(handle) as handle,
        sum(payout) as payout,
        sum(ggr) as ggr,
        sum(open_stakes) as open_stakes,
        sum(bets) as bets
    from {{ ref('ggr_ngr_daily') }}
    group by currency

)

select
    coalesce(facts.currency, marts.currency) as currency,
    facts.ggr as ggr_of_facts,
    marts.ggr as ggr_of_marts
from facts
full outer join marts on facts.currency = marts.currency
where
    coalesce(facts.handle, 0) <> coalesce(marts.handle, 0)
    or coalesce(facts.payout, 0) <> coalesce(marts.payout, 0)
    or coalesce(facts.ggr, 0) <> coalesce(marts.ggr, 0)
    or coalesce(facts.open_stakes, 0) <> coalesce(marts.open_stakes, 0)
    or coalesce(facts.bets, 0) <> coalesce(marts.bets, 0)

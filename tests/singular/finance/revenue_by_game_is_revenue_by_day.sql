-- Two marts, one revenue: by game and by brand the same day and currency add up to the same amounts.
with

by_game as (

    select
        gaming_day,
        currency,
        sum(handle) as handle,
        sum(payout) as payout,
        sum(ggr) as ggr,
        sum(bets) as bets
    from {{ ref('ggr_by_game_daily') }}
    group by
        gaming_day,
        currency

),

by_brand as (

    select
        gaming_day,
        currency,
        sum(handle) as handle,
        sum(payout) as payout,
        sum(ggr) as ggr,
        sum(bets) as bets
    from {{ ref('ggr_ngr_daily') }}
    group by
        gaming_day,
        currency

)

select
    coalesce(by_game.gaming_day, by_brand.gaming_day) as gaming_day,
    coalesce(by_game.currency, by_brand.currency) as currency,
    by_game.ggr as ggr_by_game,
    by_brand.ggr as ggr_by_brand
from by_game
full outer join by_brand
    on
        by_game.gaming_day = by_brand.gaming_day
        and by_game.currency = by_brand.currency
where
    coalesce(by_game.handle, 0) <> coalesce(by_brand.handle, 0)
    or coalesce(by_game.payout, 0) <> coalesce(by_brand.payout, 0)
    or coalesce(by_game.ggr, 0) <> coalesce(by_brand.ggr, 0)
    or coalesce(by_game.bets, 0) <> coalesce(by_brand.bets, 0)

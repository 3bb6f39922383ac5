-- What the players of a brand leave on a day is what the brand keeps, wherever every rate of the day is known: no cost
-- is lost on a day without play, and none is counted twice. Costs that name no player stand in the daily mart only.
with

players as (

    select
        brand,
        gaming_day,
        sum(ngr_base) as ngr_base,
        count(*) - count(ngr_base) as unknown
    from {{ ref('fct_player_days') }}
    group by
        brand,
        gaming_day

),

days as (

    select
        brand,
        gaming_day,
        sum(ngr_base) as ngr_base,
        count(*) - count(ngr_base) as unknown
    from {{ ref('ggr_ngr_daily') }}
    group by
        brand,
        gaming_day

),

nobodys as (

    select
        brand,
        gaming_day,
        sum(amount_base) as cost_base
    from {{ ref('int_bets__ngr_lines') }}
    where player_id is null
    group by
        brand,
        gaming_day

)

select
    days.brand,
    days.gaming_day,
    days.ngr_base,
    players.ngr_base as ngr_base_of_players,
    nobodys.cost_base as cost_base_of_nobody
from days
left join players
    on
        days.brand = players.brand
        and days.gaming_day = players.gaming_day
left join nobodys
    on
        days.brand = nobodys.brand
        and days.gaming_day = nobodys.gaming_day
where
    days.unknown = 0
    and (
        coalesce(players.unknown, 0) <> 0
        or coalesce(players.ngr_base, 0) - coalesce(nobodys.cost_base, 0) <> days.ngr_base
    )

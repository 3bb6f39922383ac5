with

player_days as (

    select * from {{ ref('fct_player_days') }}

),

players as (

    select * from {{ ref('dim_players') }}

),

days as (

    select

        ---------- grain
        player_days.brand,
        player_days.player_id,
        player_days.gaming_day,
        player_days.jurisdiction,

        ---------- counts
        player_days.player_events,
        player_days.bets,
        player_days.settled_bets,
        player_days.deposits,

        ---------- money in the reporting currency
        player_days.ggr_base,
        player_days.worth_base,
        player_days.bonus_cost_base,
        player_days.ngr_base,

        ---------- days
        players.latest_gaming_day

    from player_days

    inner join players on player_days.brand = players.brand and player_days.player_id = players.player_id

    where player_days.gaming_day <= players.latest_gaming_day

)

select * from days

with

player_days as (

    select * from {{ ref('int_players__days') }}

),

players as (

    select * from {{ ref('dim_players') }}

),

days as (

    select

        ---------- grain
        player_days.gaming_day,
        cast(player_days.brand as string) as brand,
        cast(player_days.player_id as string) as player_id,
        cast(player_days.jurisdiction as string) as jurisdiction,

        ---------- counts
        cast(player_days.player_events as bigint) as player_events,
        cast(player_days.bets as bigint) as bets,
        cast(player_days.deposits as bigint) as deposits,

        ---------- money in the reporting currency
        cast(player_days.ggr_base as decimal(38, 4)) as ggr_base,
        cast(player_days.bonus_cost_base as decimal(38, 4)) as bonus_cost_base,
        cast(player_days.ngr_base as decimal(38, 4)) as ngr_base,

        ---------- days
        players.first_day,
        player_days.latest_gaming_day

    from player_days

    inner join players on player_days.brand = players.brand and player_days.player_id = players.player_id

)

select * from days

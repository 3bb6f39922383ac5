-- Which games pay back something else than they state, where, and since when? One row per game, live table and build
-- over the last 30 complete days, the least explicable first. `p_adjusted` allows for how many games were looked at:
-- act on `alert`, wait on `watch`, and read nothing into `not_enough_play`. A true defect has deviating days on one
-- side only (`days_above`, `days_below`), on all tables of the game and from one day on (`worst_day`,
-- `first_odd_day`); luck has a single day.
with

windows as (

    select * from {{ ref('rtp_windows') }} where window_days = 30

),

daily as (

    select * from {{ ref('rtp_daily') }}

),

games as (

    select
        game_id,
        max(game_name) as name,
        max(nullif(provider_id, 'unknown')) as provider_id
    from {{ ref('ggr_by_game_daily') }}
    group by game_id

),

looked_at as (

    select distinct
        game_id,
        rtp_variant,
        as_of_day
    from windows

),

recent as (

    select daily.*
    from daily
    inner join looked_at
        on daily.game_id = looked_at.game_id and daily.rtp_variant = looked_at.rtp_variant
    where daily.gaming_day between {{ add_days('looked_at.as_of_day', -29) }} and looked_at.as_of_day

),

days as (

    select
        game_id,
        rtp_variant,
        sum(case when z > 2 then 1 else 0 end) as days_above,
        sum(case when z < -2 then 1 else 0 end) as days_below,
        min(case when abs(z) > 2 then gaming_day end) as first_odd_day,
        max(abs(z)) as worst_z
    from recent
    group by game_id, rtp_variant

),

worst as (

    select
        recent.game_id,
        recent.rtp_variant,
        min(recent.gaming_day) as worst_day
    from recent
    inner join days
        on recent.game_id = days.game_id and recent.rtp_variant = days.rtp_variant and abs(recent.z) = days.worst_z
    group by recent.game_id, recent.rtp_variant

),

drill_down as (

    select

        ---------- grain
        windows.game_id,
        windows.table_id,
        windows.rtp_variant,

        ---------- the game
        games.name,
        games.provider_id,

        ---------- the window
        windows.state,
        windows.bets,
        windows.handle,
        windows.rtp,
        windows.rtp_theoretical,
        windows.rtp - windows.rtp_theoretical as deviation,
        windows.standard_error,
        windows.p_value,
        windows.p_adjusted,

        ---------- its days
        days.days_above,
        days.days_below,
        days.first_odd_day,
        worst.worst_day

    from windows

    left join games on windows.game_id = games.game_id

    left join days on windows.game_id = days.game_id and windows.rtp_variant = days.rtp_variant

    left join worst on windows.game_id = worst.game_id and windows.rtp_variant = worst.rtp_variant

)

select * from drill_down
order by coalesce(p_adjusted, 2), game_id, table_id, rtp_variant

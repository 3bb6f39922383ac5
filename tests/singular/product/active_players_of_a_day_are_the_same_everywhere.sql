-- The day's active players, counted plainly from the player days, are those of stickiness, and of the three kinds of
-- lifecycle together; the week's and the month's are counted here by comparing days with days, which the mart avoids.
-- New players are the first events of retention.
with

player_days as (

    select
        concat(player_days.brand, chr(0), player_days.player_id) as player,
        player_days.gaming_day
    from {{ ref('fct_player_days') }} as player_days
    inner join {{ ref('dim_players') }} as players
        on player_days.brand = players.brand and player_days.player_id = players.player_id
    where player_days.player_events > 0 and player_days.gaming_day <= players.latest_gaming_day

),

stickiness as (

    select * from {{ ref('stickiness_daily') }}

),

lifecycle as (

    select * from {{ ref('lifecycle_daily') }}

),

-- Two days a month are enough, and the pairs of days stay few.
windows as (

    select
        stickiness.day,
        count(
            distinct case when player_days.gaming_day > {{ add_days('stickiness.day', -7) }} then player_days.player end
        ) as wau,
        count(distinct player_days.player) as mau
    from stickiness
    inner join player_days
        on
            stickiness.day >= player_days.gaming_day
            and {{ add_days('stickiness.day', -30) }} < player_days.gaming_day
    where dayofmonth(stickiness.day) in (1, 15)
    group by stickiness.day

),

daily as (

    select
        gaming_day as day,
        count(*) as players
    from player_days
    group by gaming_day

),

newcomers as (

    select
        cohort_day as day,
        cohort_size
    from {{ ref('retention_cohorts') }}
    where start_basis = 'first_event' and activity_basis = 'any_event' and day_n = 0

)

select
    day,
    stickiness.dau,
    daily.players,
    stickiness.wau,
    windows.wau as wau_counted,
    stickiness.mau,
    windows.mau as mau_counted
from stickiness
full outer join lifecycle using (day)
left join daily using (day)
left join windows using (day)
left join newcomers using (day)
where
    stickiness.dau is distinct from coalesce(daily.players, 0)
    or stickiness.dau
    is distinct from lifecycle.new_players + lifecycle.returning_players + lifecycle.resurrecting_players
    or lifecycle.new_players is distinct from coalesce(newcomers.cohort_size, 0)
    or stickiness.wau <> windows.wau
    or stickiness.mau <> windows.mau

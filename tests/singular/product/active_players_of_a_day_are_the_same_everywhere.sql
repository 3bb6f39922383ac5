-- The day's active players, counted plainly from the player days, are those of stickiness and the three kinds of lifecycle; the week's and
-- the month's are counted here by joining days with days, which the mart avoids. First events of a day are its new players.
with

player_days as (

    select brand, player_id, gaming_day from {{ ref('fct_player_days') }} where player_events > 0

),

-- A few days are enough, and the pairs stay few.
sampled as (

    select * from {{ ref('stickiness_daily') }} where dayofmonth(day) in (1, 15)

),

windows as (

    select
        sampled.day,
        count(distinct case when player_days.gaming_day > {{ add_days('sampled.day', -7) }} then (brand, player_id) end) as wau,
        count(distinct (brand, player_id)) as mau
    from sampled
    inner join player_days
        on player_days.gaming_day <= sampled.day and player_days.gaming_day > {{ add_days('sampled.day', -30) }}
    group by sampled.day

),

daily as (

    select gaming_day as day, count(*) as players from player_days group by gaming_day

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
    windows.wau as wau_counted,
    windows.mau as mau_counted
from {{ ref('stickiness_daily') }} as stickiness
full outer join {{ ref('lifecycle_daily') }} as lifecycle using (day)
left join daily using (day)
left join windows using (day)
left join newcomers using (day)
where
    stickiness.dau is distinct from coalesce(daily.players, 0)
    or stickiness.dau is distinct from lifecycle.new_players + lifecycle.returning_players + lifecycle.resurrecting_players
    or lifecycle.new_players is distinct from coalesce(newcomers.cohort_size, 0)
    or stickiness.wau <> windows.wau
    or stickiness.mau <> windows.mau

-- Whoever had a settled bet in the 90 days up to D, the gaming day of now at home, is in one segment. Nobody else is.
with

segments as (

    select
        brand,
        player_id,
        count(*) as segments
    from {{ ref('rfm_segments') }}
    group by
        brand,
        player_id

),

played as (

    select
        player_days.brand,
        player_days.player_id,
        count(*) as active_days
    from {{ ref('fct_player_days') }} as player_days
    inner join {{ ref('dim_players') }} as players
        on player_days.brand = players.brand and player_days.player_id = players.player_id
    inner join {{ ref('int_clock__days') }} as clock_days on players.jurisdiction = clock_days.jurisdiction
    where
        player_days.settled_bets > 0
        and {{ days_between('player_days.gaming_day', 'clock_days.latest_gaming_day') }} between 0 and 89
    group by
        player_days.brand,
        player_days.player_id

)

select
    brand,
    player_id,
    segments.segments,
    played.active_days
from segments
full outer join played using (brand, player_id)
where segments.segments is distinct from 1 or played.active_days is null

-- Of each brand and day the published days of players hold the revenue of all its players, but for days that have not
-- begun where the player is at home. Found from the players here, and not from the model that leaves them out.
with

expected as (

    select
        player_days.brand,
        player_days.gaming_day,
        count(*) as players,
        sum(player_days.ngr_base) as ngr_base
    from {{ ref('fct_player_days') }} as player_days
    left join {{ ref('dim_players') }} as players
        on
            player_days.brand = players.brand
            and player_days.player_id = players.player_id
    where player_days.gaming_day <= players.latest_gaming_day
    group by player_days.brand, player_days.gaming_day

),

published as (

    select
        brand,
        gaming_day,
        count(*) as players,
        sum(ngr_base) as ngr_base
    from {{ ref('players_daily') }}
    group by brand, gaming_day

)

select
    brand,
    gaming_day,
    expected.ngr_base,
    published.ngr_base as published_ngr_base
from expected
full outer join published using (brand, gaming_day)
where
    expected.players is null
    or published.players is null
    or expected.players != published.players
    or coalesce(expected.ngr_base, 0) != coalesce(published.ngr_base, 0)

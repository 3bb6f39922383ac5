-- Do players bring more after a bonus than players like them who got none? One row per type of bonus. Each grant to a
-- player without another one in the 14 days before stands beside the players who were there on the same gaming day in
-- the same jurisdiction and got none from 14 days before to 13 days after. `uplift` is the change in net revenue of
-- the first less that of the second, per player, from the 14 days before to the 14 days from the grant on; the cost
-- of the bonus is already in it. Only grants whose 14 days are over count. This is no experiment: bonuses go to
-- chosen players, often to those who play more anyway. Read an uplift below 0 as a bonus that did not pay, and one
-- above 0 as a question for an A/B test (experiment_read_out).
with

bonuses as (

    select * from {{ ref('bonus_grants') }} where player_id is not null

),

player_days as (

    select * from {{ ref('players_daily') }}

),

grant_days as (

    select
        brand,
        player_id,
        gaming_day as grant_day,
        max(type) as type
    from bonuses
    group by brand, player_id, gaming_day

),

fresh as (

    select
        *,
        lag(grant_day) over (partition by brand, player_id order by grant_day) as previous_day
    from grant_days

),

granted as (

    select
        fresh.brand,
        fresh.player_id,
        fresh.grant_day,
        fresh.type,
        player_days.jurisdiction
    from fresh
    inner join player_days
        on
            fresh.brand = player_days.brand
            and fresh.player_id = player_days.player_id
            and fresh.grant_day = player_days.gaming_day
    where
        (fresh.previous_day is null or {{ days_between('fresh.previous_day', 'fresh.grant_day') }} > 14)
        and {{ days_between('fresh.grant_day', 'player_days.latest_gaming_day') }} > 13

),

places as (

    select distinct
        brand,
        jurisdiction,
        grant_day,
        type
    from granted

),

-- Everybody who was there on a day on which somebody in the same place got that bonus.
alike as (

    select
        player_days.brand,
        player_days.player_id,
        places.grant_day,
        places.type,
        max(grant_days.player_id) as had_one
    from places
    inner join player_days
        on
            places.brand = player_days.brand
            and places.jurisdiction = player_days.jurisdiction
            and places.grant_day = player_days.gaming_day
            and player_days.player_events > 0
    left join grant_days
        on
            player_days.brand = grant_days.brand
            and player_days.player_id = grant_days.player_id
            and grant_days.grant_day >= {{ add_days('places.grant_day', -14) }}
            and grant_days.grant_day <= {{ add_days('places.grant_day', 13) }}
    group by player_days.brand, player_days.player_id, places.grant_day, places.type

),

compared as (

    select
        type,
        brand,
        player_id,
        grant_day,
        1 as is_granted
    from granted
    union all
    select
        type,
        brand,
        player_id,
        grant_day,
        0 as is_granted
    from alike
    where had_one is null

),

-- An unknown rate leaves a player out, rather than counting too little.
worth as (

    select
        compared.type,
        compared.is_granted,
        compared.brand,
        compared.player_id,
        compared.grant_day,
        sum(case when player_days.gaming_day < compared.grant_day then player_days.ngr_base else 0 end) as ngr_before,
        sum(case when player_days.gaming_day >= compared.grant_day then player_days.ngr_base else 0 end) as ngr_after,
        sum(case when player_days.gaming_day >= compared.grant_day then player_days.bonus_cost_base else 0 end)
            as bonus_after
    from compared
    inner join player_days
        on
            compared.brand = player_days.brand
            and compared.player_id = player_days.player_id
            and player_days.gaming_day >= {{ add_days('compared.grant_day', -14) }}
            and player_days.gaming_day <= {{ add_days('compared.grant_day', 13) }}
    group by compared.type, compared.is_granted, compared.brand, compared.player_id, compared.grant_day
    having count(*) = count(player_days.ngr_base)

),

sides as (

    select
        type,
        sum(is_granted) as grants,
        sum(1 - is_granted) as compared_with,
        sum(is_granted * bonus_after) as bonus_granted,
        sum(is_granted * ngr_before) as granted_before,
        sum(is_granted * ngr_after) as granted_after,
        sum((1 - is_granted) * ngr_before) as others_before,
        sum((1 - is_granted) * ngr_after) as others_after
    from worth
    group by type

),

uplift as (

    select

        ---------- grain
        type,

        ---------- on how much it rests
        grants,
        compared_with,

        ---------- per player
        {{ ratio('bonus_granted', 'grants') }} as bonus_cost,
        {{ ratio('granted_before', 'grants') }} as ngr_before,
        {{ ratio('granted_after', 'grants') }} as ngr_after,
        {{ ratio('others_before', 'compared_with') }} as others_ngr_before,
        {{ ratio('others_after', 'compared_with') }} as others_ngr_after,
        {{ ratio('granted_after - granted_before', 'grants') }}
        - {{ ratio('others_after - others_before', 'compared_with') }} as uplift

    from sides

)

select * from uplift
order by type

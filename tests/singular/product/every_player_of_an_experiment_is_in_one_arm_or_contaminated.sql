-- Players of the arms and contaminated players are all who met the experiment, and only the former are in its totals.
with

exposed as (

    select
        experiment,
        count(*) as players
    from {{ ref('fct_exposures') }}
    group by experiment

),

arms as (

    select
        experiment,
        sum(players) + max(contaminated_players) as players
    from {{ ref('int_experiments__variants') }}
    group by experiment

),

contaminated_totals as (

    select
        totals.experiment,
        count(*) as players
    from {{ ref('int_experiments__player_totals') }} as totals
    inner join {{ ref('fct_exposures') }} as exposures
        on
            totals.brand = exposures.brand
            and totals.player_id = exposures.player_id
            and totals.experiment = exposures.experiment
    where exposures.is_contaminated or totals.variant <> exposures.variant
    group by totals.experiment

)

select
    exposed.experiment,
    exposed.players,
    arms.players as players_of_arms,
    contaminated_totals.players as contaminated_in_arms
from exposed
left join arms on exposed.experiment = arms.experiment
left join contaminated_totals on exposed.experiment = contaminated_totals.experiment
where coalesce(arms.players, 0) <> exposed.players or contaminated_totals.players is not null

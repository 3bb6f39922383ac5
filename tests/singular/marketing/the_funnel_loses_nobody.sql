-- Everybody who registered stands at the registration of one cohort, whatever brought them, and everybody who was
-- touched by advertising and never registered stands in the funnel too, except on a road that begins on a day to come.
with

expected as (

    select
        brand,
        {{ visiting_player('player_id') }} as visitor_id,
        true as is_registered
    from {{ ref('dim_players') }}
    where registered_at is not null

    union distinct

    select
        touches.brand,
        touches.visitor_id,
        false as is_registered
    from {{ ref('fct_touches') }} as touches
    left join {{ ref('dim_players') }} as players
        on touches.brand = players.brand and touches.player_id = players.player_id
    where not touches.is_direct and players.registered_at is null

),

counted as (

    select
        count(*) as people,
        count(case when is_registered then 1 end) as registered
    from expected

),

ahead as (

    select
        count(case when is_first then 1 end) as people,
        count(case when step = 'registration' and is_reached then 1 end) as registered
    from {{ ref('int_acquisition__steps') }}
    where is_ahead

),

shown as (

    select
        sum(case when previous_players is null then entered end) as people,
        sum(case when step = 'registration' then players end) as registered
    from {{ ref('acquisition_funnel') }}

)

select
    counted.people,
    shown.people as people_shown,
    counted.registered,
    shown.registered as registered_shown
from counted
cross join ahead
cross join shown
where
    counted.people <> coalesce(shown.people, 0) + ahead.people
    or counted.registered <> coalesce(shown.registered, 0) + ahead.registered

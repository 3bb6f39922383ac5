-- Nobody on the list is self-excluded, cooling off, without consent, or has shown signs of harm lately. Found from
-- what was said of the players, not from the model that decides. Days of two licences may lie one apart at either end.
with

listed as (

    select * from {{ ref('marketing_list') }}

),

standings as (

    select * from {{ ref('dim_players') }}

),

clock as (

    select * from {{ ref('int_clock__now') }}

),

harm as (

    select
        rg_events.brand,
        rg_events.player_id,
        count(*) as signs
    from {{ ref('fct_rg_events') }} as rg_events
    cross join clock
    where
        rg_events.event in ('rg_interaction', 'self_exclusion', 'cool_off')
        and (
            {{ days_between('rg_events.gaming_day', 'cast(clock.now_at as date)') }} <= 87
            or rg_events.ends_at > clock.now_at
        )
    group by
        rg_events.brand,
        rg_events.player_id

)

select
    listed.brand,
    listed.player_id,
    listed.offer,
    standings.is_self_excluded,
    standings.is_cooling_off,
    standings.has_marketing_consent,
    harm.signs
from listed
left join standings on listed.brand = standings.brand and listed.player_id = standings.player_id
left join harm on listed.brand = harm.brand and listed.player_id = harm.player_id
where
    standings.player_id is null
    or standings.is_self_excluded
    or standings.is_cooling_off
    or standings.has_marketing_consent is not true
    or harm.signs > 0

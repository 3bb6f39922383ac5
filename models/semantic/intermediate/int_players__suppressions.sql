with

players as (

    select * from {{ ref('dim_players') }}

),

rg_events as (

    select
        *,
        cast(coalesce(ends_at, happened_at) as date) as until_day
    from {{ ref('fct_rg_events') }}
    where event in ('rg_interaction', 'self_exclusion', 'cool_off')

),

-- What tells of harm does so for 90 days after it happened or ended. Levels of risk join here once they are worked out.
at_risk as (

    select distinct
        rg_events.brand,
        rg_events.player_id
    from rg_events
    inner join players on rg_events.brand = players.brand and rg_events.player_id = players.player_id
    where {{ days_between('rg_events.until_day', 'players.latest_gaming_day') }} < 90

),

judged as (

    select
        players.brand,
        players.player_id,
        case
            when players.is_self_excluded then 'self_excluded'
            when players.is_cooling_off then 'cooling_off'
            when at_risk.player_id is not null then 'signs_of_harm'
            when not coalesce(players.has_marketing_consent, false) then 'no_marketing_consent'
        end as reason
    from players
    left join at_risk on players.brand = at_risk.brand and players.player_id = at_risk.player_id

),

suppressions as (

    select * from judged where reason is not null

)

select * from suppressions

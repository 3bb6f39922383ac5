-- The weekly panel's spend, registrations, first deposits and revenue are those of the facts. Revenue and spend are
-- compared where all of them are known. Of days that have not come nothing is shown, nor spend of weeks to come.
with

panel as (

    select
        sum(spend) as spend,
        sum(registrations) as registrations,
        sum(ftds) as ftds,
        sum(ngr) as ngr,
        count(*) - count(spend) as unknown_spend,
        count(*) - count(ngr) as unknown_ngr
    from {{ ref('mmm_weekly') }}

),

spent as (

    select sum(spend.spend_base) as spend
    from {{ ref('fct_ad_spend') }} as spend
    inner join {{ ref('int_clock__days') }} as clock_days on spend.jurisdiction = clock_days.jurisdiction
    where {{ period_start('spend.spend_day', 'week') }} <= clock_days.latest_gaming_day

),

people as (

    select
        count(case when registration_day <= latest_gaming_day then 1 end) as registrations,
        count(case when first_deposit_day <= latest_gaming_day then 1 end) as ftds
    from {{ ref('dim_players') }}

),

earned as (

    select sum(player_days.ngr_base) as ngr
    from {{ ref('fct_player_days') }} as player_days
    inner join {{ ref('dim_players') }} as players
        on player_days.brand = players.brand and player_days.player_id = players.player_id
    where player_days.gaming_day <= players.latest_gaming_day

)

select
    panel.*,
    spent.spend as spend_of_facts,
    people.registrations as registrations_of_facts,
    people.ftds as ftds_of_facts,
    earned.ngr as ngr_of_facts
from panel
cross join spent
cross join people
cross join earned
where
    coalesce(panel.registrations, 0) <> people.registrations
    or coalesce(panel.ftds, 0) <> people.ftds
    or (panel.unknown_spend = 0 and coalesce(panel.spend, 0) <> coalesce(spent.spend, 0))
    or (panel.unknown_ngr = 0 and coalesce(panel.ngr, 0) <> coalesce(earned.ngr, 0))

-- Nothing that happened in a lobby is lost or doubled between the events and the mart, except what bears a day to come.
with

facts as (

    select
        count(case when event = 'impression' then 1 end) as impressions,
        count(case when event = 'click' then 1 end) as clicks,
        count(case when event = 'launch' then 1 end) as launches
    from {{ ref('int_lobby__events') }}

),

ahead as (

    select
        count(case when event = 'impression' then 1 end) as impressions,
        count(case when event = 'click' then 1 end) as clicks,
        count(case when event = 'launch' then 1 end) as launches
    from {{ ref('fct_lobby_events') }}
    where is_ahead

),

marts as (

    select
        coalesce(sum(impressions), 0) as impressions,
        coalesce(sum(clicks), 0) as clicks,
        coalesce(sum(launches + failed_launches), 0) as launches
    from {{ ref('lobby_performance') }}

)

select
    facts.impressions,
    marts.impressions as impressions_of_mart,
    facts.clicks,
    marts.clicks as clicks_of_mart,
    facts.launches,
    marts.launches as launches_of_mart
from facts
cross join ahead
cross join marts
where
    facts.impressions <> marts.impressions + ahead.impressions
    or facts.clicks <> marts.clicks + ahead.clicks
    or facts.launches <> marts.launches + ahead.launches

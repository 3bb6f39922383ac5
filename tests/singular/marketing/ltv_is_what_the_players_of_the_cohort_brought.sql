-- At the oldest age of each cohort, the sums are those of its players' days, found player by player, no age in between.
with

players as (

    select
        brand,
        player_id,
        first_day,
        cast(date_trunc('month', first_day) as date) as cohort_month,
        acquisition_channel as channel,
        acquisition_country as country,
        acquisition_segment as segment
    from {{ ref('dim_players') }}
    where first_day <= latest_gaming_day

),

oldest as (

    select
        cohort_month,
        channel,
        country,
        segment,
        max(age_days) as age_days
    from {{ ref('ltv_cohorts') }}
    group by
        cohort_month,
        channel,
        country,
        segment

),

marts as (

    select ltv.*
    from {{ ref('ltv_cohorts') }} as ltv
    inner join oldest using (cohort_month, channel, country, segment, age_days)

),

brought as (

    select
        players.brand,
        players.player_id,
        players.cohort_month,
        players.channel,
        players.country,
        players.segment,
        oldest.age_days,
        coalesce(sum(player_days.ggr_base), 0) as ggr,
        coalesce(sum(player_days.ngr_base), 0) as ngr,
        count(player_days.gaming_day) - count(player_days.ggr_base) as unknown_ggr,
        count(player_days.gaming_day) - count(player_days.ngr_base) as unknown_ngr
    from players
    inner join oldest using (cohort_month, channel, country, segment)
    left join {{ ref('fct_player_days') }} as player_days
        on
            players.brand = player_days.brand
            and players.player_id = player_days.player_id
            and {{ days_between('players.first_day', 'player_days.gaming_day') }} between 0 and oldest.age_days
    group by
        players.brand,
        players.player_id,
        players.cohort_month,
        players.channel,
        players.country,
        players.segment,
        oldest.age_days

),

facts as (

    select
        cohort_month,
        channel,
        country,
        segment,
        age_days,
        count(*) as players,
        case when sum(unknown_ggr) = 0 then sum(ggr) end as cum_ggr,
        case when sum(unknown_ngr) = 0 then sum(ngr) end as cum_ngr
    from brought
    group by
        cohort_month,
        channel,
        country,
        segment,
        age_days

)

select
    cohort_month,
    channel,
    country,
    segment,
    marts.players,
    marts.cum_ggr,
    marts.cum_ngr,
    facts.players as players_of_facts,
    facts.cum_ggr as ggr_of_facts,
    facts.cum_ngr as ngr_of_facts
from marts
full outer join facts using (cohort_month, channel, country, segment, age_days)
where
    marts.players is distinct from facts.players
    or marts.cum_ggr is distinct from facts.cum_ggr
    or marts.cum_ngr is distinct from facts.cum_ngr

with

lines as (

    select * from {{ ref('int_acquisition__weekly_lines') }}

),

player_days as (

    select * from {{ ref('int_players__days') }}

),

clock_days as (

    select * from {{ ref('int_clock__days') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

played as (

    select distinct gaming_day from player_days

),

marked as (

    select
        dates.week_start as week,
        count(played.gaming_day) over (
            order by dates.date_day
            rows between unbounded preceding and current row
        ) as days_until_then,
        count(played.gaming_day) over (
            order by dates.date_day
            rows between current row and unbounded following
        ) as days_from_then
    from dates
    left join played on dates.date_day = played.gaming_day

),

-- Every week from the first to the last in which anybody played: a week without spend is a row.
weeks as (

    select distinct week from marked where days_until_then > 0 and days_from_then > 0

),

series as (

    select distinct
        jurisdiction,
        channel
    from lines

),

padded as (

    select * from lines
    union all
    select
        weeks.week,
        series.jurisdiction,
        series.channel,
        'none' as line,
        cast(null as decimal(38, 4)) as amount,
        cast(null as bigint) as impressions,
        cast(null as bigint) as clicks
    from weeks
    cross join series

),

weekly as (

    select
        week,
        jurisdiction,
        channel,
        count(case when line = 'spend' then 1 end) as spend_lines,
        count(case when line = 'spend' then amount end) as known_spend_lines,
        sum(case when line = 'spend' then amount end) as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        count(case when line = 'registration' then 1 end) as registrations,
        count(case when line = 'ftd' then 1 end) as ftds,
        count(case when line = 'ngr' then 1 end) as ngr_lines,
        count(case when line = 'ngr' then amount end) as known_ngr_lines,
        sum(case when line = 'ngr' then amount end) as ngr
    from padded
    group by 1, 2, 3

),

begun as (

    select
        weekly.*,
        clock_days.latest_gaming_day
    from weekly
    inner join clock_days on weekly.jurisdiction = clock_days.jurisdiction
    where weekly.week <= clock_days.latest_gaming_day

),

mmm as (

    select

        ---------- grain
        week,
        cast(jurisdiction as string) as jurisdiction,
        cast(channel as string) as channel,

        ---------- advertising
        cast(case when spend_lines = known_spend_lines then coalesce(spend, 0) end as decimal(38, 4)) as spend,
        cast(coalesce(impressions, 0) as bigint) as impressions,
        cast(coalesce(clicks, 0) as bigint) as clicks,

        ---------- what came of it
        cast(registrations as bigint) as registrations,
        cast(ftds as bigint) as ftds,
        cast(case when ngr_lines = known_ngr_lines then coalesce(ngr, 0) end as decimal(38, 4)) as ngr,

        ---------- state
        {{ add_days('week', 6) }} < latest_gaming_day as is_complete

    from begun

)

select * from mmm

-- How many players of each month are still there months later, and what has one brought by then? One row per month of
-- arrival and months since, 0 being the month of arrival itself. `retention` is the share of all players of the cohort
-- who did anything in that calendar month, `ltv_ngr` the net revenue of everybody up to its end, per player of the
-- cohort. Only months that are over where every player of the cohort is at home are shown, so the last row of a cohort
-- is no fall. Month 0 is shorter for those who came late in it: compare cohorts at the same number, and begin with 1.
-- Null where a rate is unknown, there and in every later month.
with

player_days as (

    select * from {{ ref('players_daily') }}

),

players as (

    select distinct
        brand,
        player_id,
        latest_gaming_day,
        cast(date_trunc('month', first_day) as date) as cohort_month
    from player_days
    where first_day <= latest_gaming_day

),

months as (

    select distinct cast(date_trunc('month', day) as date) as month from {{ ref('stickiness_daily') }}

),

cohorts as (

    select
        cohort_month,
        count(*) as players,
        min(latest_gaming_day) as latest_gaming_day
    from players
    group by cohort_month

),

-- What was before the arrival belongs to nobody's life.
player_months as (

    select
        players.cohort_month,
        players.brand,
        players.player_id,
        cast(date_trunc('month', player_days.gaming_day) as date) as month,
        sum(player_days.player_events) as player_events,
        sum(player_days.ggr_base) as ggr,
        sum(player_days.ngr_base) as ngr,
        count(*) - count(player_days.ggr_base) as unknown_ggr,
        count(*) - count(player_days.ngr_base) as unknown_ngr
    from player_days
    inner join players on player_days.brand = players.brand and player_days.player_id = players.player_id
    where date_trunc('month', player_days.gaming_day) >= players.cohort_month
    group by
        players.cohort_month,
        players.brand,
        players.player_id,
        cast(date_trunc('month', player_days.gaming_day) as date)

),

monthly as (

    select
        cohort_month,
        month,
        count(case when player_events > 0 then 1 end) as active,
        sum(ggr) as ggr,
        sum(ngr) as ngr,
        sum(unknown_ggr) as unknown_ggr,
        sum(unknown_ngr) as unknown_ngr
    from player_months
    group by cohort_month, month

),

grown as (

    select
        cohort_month,
        month,
        cohorts.players,
        cohorts.latest_gaming_day,
        coalesce(monthly.active, 0) as active,
        case
            when sum(coalesce(monthly.unknown_ggr, 0)) over so_far = 0
                then sum(coalesce(monthly.ggr, 0)) over so_far
        end as cum_ggr,
        case
            when sum(coalesce(monthly.unknown_ngr, 0)) over so_far = 0
                then sum(coalesce(monthly.ngr, 0)) over so_far
        end as cum_ngr
    from cohorts
    inner join months on cohorts.cohort_month <= months.month
    left join monthly using (cohort_month, month)
    window so_far as (partition by cohort_month order by month)

),

monthly_cohorts as (

    select

        ---------- grain
        cohort_month,
        {{ periods_between('cohort_month', 'month', 'month') }} as month_number,

        ---------- who is still there
        players,
        active,
        {{ ratio('active', 'players') }} as retention,

        ---------- what a player has brought
        {{ ratio('cum_ggr', 'players') }} as ltv_ggr,
        {{ ratio('cum_ngr', 'players') }} as ltv_ngr

    from grown

    where last_day(month) < latest_gaming_day

)

select * from monthly_cohorts
order by cohort_month, month_number

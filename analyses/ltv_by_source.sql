-- What is a player of each channel worth by which age? One row per channel and age, over all months of arrival that
-- have reached that age: net revenue of all of them divided by all of them, so a large month weighs more than a small
-- one. Compare channels at one age. Down a channel mind `months` and `players`: the oldest ages rest on the oldest
-- months only. Null where a rate is unknown.
with

cohorts as (

    select * from {{ ref('ltv_cohorts') }}

),

ages as (

    select
        channel,
        age_days,
        count(distinct cohort_month) as months,
        sum(players) as players,
        {{ sum_known('cum_ggr') }} as cum_ggr,
        {{ sum_known('cum_ngr') }} as cum_ngr
    from cohorts
    group by channel, age_days

),

ltv_by_source as (

    select

        ---------- grain
        channel,
        age_days,

        ---------- on how much it rests
        months,
        players,

        ---------- per player
        {{ ratio('cum_ggr', 'players') }} as ltv_ggr,
        {{ ratio('cum_ngr', 'players') }} as ltv_ngr

    from ages

)

select * from ltv_by_source
order by channel, age_days

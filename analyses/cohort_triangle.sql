-- How many players of each week are still there after how many days? One row per week of the first day, one column
-- per age: the share of all players of the week who were active exactly so many days after their own first day (any
-- event). Read down a column to see whether newer weeks stay better; a cell is empty until the youngest player of its
-- week is old enough, so the triangle's edge is no fall.
with

retention as (

    select * from {{ ref('retention_cohorts') }} where start_basis = 'first_event' and activity_basis = 'any_event'

),

weeks as (

    select
        cast(date_trunc('week', cohort_day) as date) as week,
        day_n,
        sum(cohort_size) as players,
        sum(retained) as retained,
        min(case when is_mature then 1 else 0 end) as is_mature
    from retention
    group by cast(date_trunc('week', cohort_day) as date), day_n

),

triangle as (

    select
        week,
        {%- for n in [1, 3, 7, 14, 30, 60, 90] %}
            max(case when day_n = {{ n }} and is_mature = 1 then {{ ratio('retained', 'players') }} end) as day_{{ n }},
        {%- endfor %}
        max(players) as players
    from weeks
    group by week

)

select * from triangle
order by week

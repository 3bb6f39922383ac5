{#
    Active units of each day and of the 7 and 30 days that end with it: one row per day from the first active one to the last, with `day`,
    dau, wau, mau, dau_mau and wau_mau (shares of actives, double).

        {{ stickiness('events', unit='player', day='ts') }}

    last_day is a SQL date up to which days are shown, where nobody may have been active to the end.

    Distinct units of overlapping windows, without comparing days with days: an active day makes its unit count for as many days as the
    window is long, or until its next active day takes over; what begins and ends on a day is added up along the days.
#}
{% macro stickiness(relation, unit='actor', day='day', condition='true', last_day='null') %}
{%- set by_unit = unit if unit is string else unit | join(', ') -%}
with

stickiness_days as (

    select distinct {{ by_unit }}, cast({{ day }} as date) as active_day
    from {{ relation }}
    where {{ condition }}

),

stickiness_next as (

    select
        active_day,
        lead(active_day) over (partition by {{ by_unit }} order by active_day) as next_day
    from stickiness_days

),

stickiness_changes as (

    select active_day as change_day, 1 as daily, 1 as weekly, 1 as monthly
    from stickiness_next
    union all
    {%- for days, kind in [(1, 'daily'), (7, 'weekly'), (30, 'monthly')] %}
    select
        least({{ add_days('active_day', days) }}, coalesce(next_day, {{ add_days('active_day', days) }})) as change_day,
        {{ '-1' if kind == 'daily' else '0' }} as daily,
        {{ '-1' if kind == 'weekly' else '0' }} as weekly,
        {{ '-1' if kind == 'monthly' else '0' }} as monthly
    from stickiness_next
        {%- if not loop.last %}
    union all
        {%- endif %}
    {%- endfor %}

),

stickiness_steps as (

    select change_day, sum(daily) as daily, sum(weekly) as weekly, sum(monthly) as monthly
    from stickiness_changes
    group by change_day

),

stickiness_ends as (

    select active_day as end_day from stickiness_days
    union all
    select cast({{ last_day }} as date) as end_day

),

stickiness_spine as (

    {{ every_day('stickiness_ends', 'end_day') }}

),

stickiness_counts as (

    select
        date_day,
        {%- for kind, name in [('daily', 'dau'), ('weekly', 'wau'), ('monthly', 'mau')] %}
        cast(sum(coalesce({{ kind }}, 0)) over so_far as bigint) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from stickiness_spine
    left join stickiness_steps on stickiness_spine.date_day = stickiness_steps.change_day
    window so_far as (order by date_day rows between unbounded preceding and current row)

)

select
    date_day as day,
    dau,
    wau,
    mau,
    {{ ratio('dau', 'mau') }} as dau_mau,
    {{ ratio('wau', 'mau') }} as wau_mau
from stickiness_counts
{% endmacro %}

{#
    How many units were active in exactly k periods of a span: one row per k that occurs, `active_periods` and `actors`. `grain` as in
    `period_start`; first_day and last_day are SQL dates, both included, null for no bound.
#}
{% macro stickiness_distribution(relation, unit='actor', day='day', grain='day', first_day='null', last_day='null', condition='true') %}
{%- set by_unit = unit if unit is string else unit | join(', ') -%}
with

stickiness_periods as (

    select {{ by_unit }}, count(distinct {{ period_start(day, grain) }}) as active_periods
    from {{ relation }}
    where
        {{ condition }}
        and (cast({{ day }} as date) >= {{ first_day }} or {{ first_day }} is null)
        and (cast({{ day }} as date) <= {{ last_day }} or {{ last_day }} is null)
    group by {{ by_unit }}

)

select active_periods, count(*) as actors
from stickiness_periods
group by active_periods
{% endmacro %}

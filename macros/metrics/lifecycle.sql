{#
    What became of units from period to period: one row per period from the first active one to the last, `period` (its first day), and
    new_units (never active before), returning_units (active in the period before too), resurrecting_units (active before, not in the period
    before), dormant_units (active in the period before, not in this one).

        {{ lifecycle('events', unit='player', day='ts', grain='week') }}

    last_day is a SQL date up to which periods are shown, where nobody may have been active to the end.
#}
{% macro lifecycle(relation, unit='actor', day='day', grain='day', condition='true', last_day='null') %}
{%- if grain == 'hour' %}{{ exceptions.raise_compiler_error("lifecycle: grain is day, week, week_sunday or month") }}{% endif -%}
{%- set by_unit = unit if unit is string else unit | join(', ') -%}
with

lifecycle_periods as (

    select distinct {{ by_unit }}, {{ period_start(day, grain) }} as active_period
    from {{ relation }}
    where {{ condition }}

),

lifecycle_neighbours as (

    select
        active_period,
        lag(active_period) over in_time as period_before,
        lead(active_period) over in_time as period_after
    from lifecycle_periods
    window in_time as (partition by {{ by_unit }} order by active_period)

),

lifecycle_ends as (

    select active_period as end_day from lifecycle_periods
    union all
    select cast({{ last_day }} as date) as end_day

),

lifecycle_days as (

    {{ every_day('lifecycle_ends', 'end_day') }}

),

lifecycle_spine as (

    select
        period,
        lag(period) over (order by period) as spine_before,
        lead(period) over (order by period) as spine_after
    from (select distinct {{ period_start('date_day', grain) }} as period from lifecycle_days) as periods

),

lifecycle_active as (

    select
        period,
        spine_after,
        count(case when active_period is not null and period_before is null then 1 end) as new_units,
        count(case when period_before = spine_before then 1 end) as returning_units,
        count(case when period_before < spine_before then 1 end) as resurrecting_units,
        count(case when active_period is not null and coalesce(period_after <> spine_after, true) then 1 end) as leaving_units
    from lifecycle_spine
    left join lifecycle_neighbours on lifecycle_spine.period = lifecycle_neighbours.active_period
    group by period, spine_after

)

select
    period,
    new_units,
    returning_units,
    resurrecting_units,
    coalesce(lag(leaving_units) over (order by period), 0) as dormant_units
from lifecycle_active
{% endmacro %}

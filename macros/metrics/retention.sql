{#
    Of the units that began in a period, how many were active later: one row per cohort period (`cohort`, date, of hours timestamp), activity and offset, with
    zeros. `retention` takes events, `retention_of` cohorts and activity that are already there.

        {{ retention('events', "event = 'signed_up'", "event = 'bet'", unit='player', offsets=[1, 7, [8, 14]]) }}

    starts, returns  SQL conditions: what begins a cohort, what counts as coming back
    grain      hour, day, week (Monday), week_sunday or month: unit of `cohort` and of the offsets
    offsets    N: active in the Nth period after the cohort's; [a, b]: in any of the ath to the bth (a bracket)
    mode       first_time: the cohort is the period of the unit's first start ever. recurring: one of every period with a start
    Columns: cohort, activity, period_n, period_to (N or b), cohort_size, retained (exact, or in the bracket), retained_on_or_after (active
    in the Nth period or any later one).
#}
{% macro retention(events, starts, returns, unit='actor', ts='ts', grain='day', offsets=[0, 1, 7, 30], mode='first_time') %}
{%- if mode not in ['first_time', 'recurring'] -%}
    {{ exceptions.raise_compiler_error("retention: mode is first_time or recurring, not " ~ mode) }}
{%- endif -%}
{%- set by_unit = unit if unit is string else unit | join(', ') -%}
with

retention_starts as (

    select {{ by_unit }}, {{ period_start('min(cast(' ~ ts ~ ' as timestamp))' if mode == 'first_time' else 'cast(' ~ ts ~ ' as timestamp)', grain) }} as cohort
    from {{ events }}
    where {{ starts }}
    group by {{ by_unit }}{% if mode == 'recurring' %}, {{ period_start('cast(' ~ ts ~ ' as timestamp)', grain) }}{% endif %}

),

retention_returns as (

    select distinct {{ by_unit }}, {{ period_start('cast(' ~ ts ~ ' as timestamp)', grain) }} as returned
    from {{ events }}
    where {{ returns }}

)

select *
from (
    {{ retention_of('retention_starts', 'retention_returns', unit, offsets, {'returned': 'true'}, period='returned', grain=grain) | indent(4) }}
) as retention_counted
{% endmacro %}

{#
    cohorts    relation: one row per unit, by and `cohort` (first day of a period). A unit may be in several cohorts.
    activity   relation: one row per unit and `period` at most, so that cost follows the periods in which units were active: activity
               meets its unit's cohorts and no others.
    activities names of kinds of activity, each with a SQL condition on the relation's columns
    by         further columns of the cohorts that keep them apart
#}
{% macro retention_of(cohorts, activity, unit, offsets, activities, by=[], cohort='cohort', period='period', grain='day') %}
{%- set by_unit = unit if unit is string else unit | join(', ') -%}
{%- set by_cohort = (by + [cohort]) | join(', ') -%}
{%- set kinds = activities.keys() | list -%}
{%- set spans = [] -%}
{%- for offset in offsets %}{% do spans.append([offset, offset] if offset is number else offset) %}{% endfor -%}
with

retention_since as (

    select
        {{ by_cohort }},
        {{ by_unit }},
        {{ periods_between(cohort, period, grain) }} as periods
        {%- for condition in activities.values() %},
        {{ condition }} as is_active_{{ loop.index }}
        {%- endfor %}
    from {{ cohorts }}
    inner join {{ activity }} using ({{ by_unit }})
    where {{ period }} >= {{ cohort }}

),

retention_units as (

    select
        {{ by_cohort }},
        {{ by_unit }}
        {%- for kind in kinds %}
            {%- set number = loop.index %},
        max(case when is_active_{{ number }} then periods end) as last_{{ number }}
            {%- for first, last in spans %},
        max(case when is_active_{{ number }} and periods between {{ first }} and {{ last }} then 1 else 0 end) as in_{{ number }}_{{ loop.index }}
            {%- endfor %}
        {%- endfor %}
    from retention_since
    group by {{ by_cohort }}, {{ by_unit }}

),

retention_sizes as (

    select {{ by_cohort }}, count(*) as cohort_size
    from {{ cohorts }}
    group by {{ by_cohort }}

),

retention_counts as (

    select
        {{ by_cohort }}
        {%- for kind in kinds %}
            {%- set number = loop.index %}
            {%- for first, last in spans %},
        sum(in_{{ number }}_{{ loop.index }}) as in_{{ number }}_{{ loop.index }},
        count(case when last_{{ number }} >= {{ first }} then 1 end) as after_{{ number }}_{{ loop.index }}
            {%- endfor %}
        {%- endfor %}
    from retention_units
    group by {{ by_cohort }}

),

-- Every cohort has every row, zeros too.
retention_grid as (
    {% for kind in kinds %}
        {%- set number = loop.index %}
        {%- for first, last in spans %}
    select '{{ kind }}' as activity, {{ first }} as period_n, {{ last }} as period_to, {{ number }} as kind_no, {{ loop.index }} as span_no
            {%- if not loop.last %}
    union all
            {%- endif %}
        {%- endfor %}
        {%- if not loop.last %}
    union all
        {%- endif %}
    {%- endfor %}

)

select
    {{ by_cohort }},
    activity,
    period_n,
    period_to,
    cohort_size,
    {%- for measure, column in [('in', 'retained'), ('after', 'retained_on_or_after')] %}
    cast(coalesce(
        case
        {%- for kind in kinds %}
            {%- set number = loop.index %}
            {%- for span in spans %}
            when kind_no = {{ number }} and span_no = {{ loop.index }} then {{ measure }}_{{ number }}_{{ loop.index }}
            {%- endfor %}
        {%- endfor %}
        end, 0
    ) as bigint) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from retention_sizes
cross join retention_grid
left join retention_counts using ({{ by_cohort }})
{% endmacro %}

{#
    The figures of a retention mart, from rows with cohort_day, day_n, the counts, and latest_gaming_day, the earliest D of the players in the
    row. The day is over, and its shares are known, once it lies before that for all of them; counts are shown so far.
#}
{% macro retention_figures() -%}
        {%- set is_mature = 'coalesce(' ~ add_days('cohort_day', 'day_n') ~ ' < latest_gaming_day, false)' -%}
        ---------- players
        cast(cohort_size as bigint) as cohort_size,
        cast(retained as bigint) as retained,
        cast(retained_on_or_after as bigint) as retained_on_or_after,

        ---------- shares
        case when {{ is_mature }} then {{ ratio('retained', 'cohort_size') }} end as rate,
        case when {{ is_mature }} then {{ ratio('retained_on_or_after', 'cohort_size') }} end as rate_on_or_after,

        ---------- booleans
        {{ is_mature }} as is_mature
{%- endmacro %}

{#
    Which base event a conversion belongs to (as MetricFlow has it): the latest one at or before it, within the window, and each conversion
    counts once. One row per unit and moment with a base event: the unit columns, base_at (UTC), bases (base events at that moment),
    conversions, first_conversion_at (null without one). A conversion without a base event is in no row, so that a rate over periods without a
    base event is null and not 0.

        {{ conversion('events', "event = 'visit'", "event = 'buy'", unit='player', window_s=7 * 86400) }}

    window_s is in seconds, none for no limit. Its end is outside, as it is there: what comes exactly 7 days later is not within 7 days.
    `keep` lists columns that base and conversion must share.
#}
{% macro conversion(events, base, conversion, unit='actor', ts='ts', window_s=none, keep=[]) %}
{%- set by_unit = (([unit] if unit is string else unit | list) + keep) | join(', ') -%}
with

conversion_events as (

    select
        {{ by_unit }},
        {{ micros('cast(' ~ ts ~ ' as timestamp)') }} as c_us,
        case when {{ base }} then 1 end as c_base,
        case when {{ conversion }} then 1 end as c_conversion
    from {{ events }}

),

conversion_bases as (

    select
        *,
        max(case when c_base = 1 then c_us end) over (
            partition by {{ by_unit }} order by c_us range between unbounded preceding and current row
        ) as c_base_us
    from conversion_events
    where (c_base = 1 or c_conversion = 1) and c_us is not null

)

select
    {{ by_unit }},
    {{ from_micros('c_base_us') }} as base_at,
    count(case when c_base = 1 then 1 end) as bases,
    {%- set is_converted = 'c_conversion = 1' ~ ('' if window_s is none else ' and c_us - c_base_us < ' ~ (window_s * 1000000) | int) %}
    count(case when {{ is_converted }} then 1 end) as conversions,
    {{ from_micros('min(case when ' ~ is_converted ~ ' then c_us end)') }} as first_conversion_at
from conversion_bases
where c_base_us is not null
group by {{ by_unit }}, c_base_us
{% endmacro %}

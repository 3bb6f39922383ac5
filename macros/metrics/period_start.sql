{#
    First day of the period in which a day or a timestamp lies, as date; of an hour its start, as timestamp. `grain`: hour, day,
    week (from Monday), week_sunday, month. A grain that is none of these is an error, since a typo would otherwise count days.
#}
{% macro period_start(moment, grain) -%}
    {%- if grain == 'week_sunday' -%}
        {{ add_days("cast(date_trunc('week', " ~ add_days('cast(' ~ moment ~ ' as date)', 1) ~ ") as date)", -1) }}
    {%- elif grain in ['week', 'month'] -%}
        cast(date_trunc('{{ grain }}', {{ moment }}) as date)
    {%- elif grain == 'day' -%}
        cast({{ moment }} as date)
    {%- elif grain == 'hour' -%}
        date_trunc('hour', cast({{ moment }} as timestamp))
    {%- else -%}
        {{ exceptions.raise_compiler_error("grain is hour, day, week, week_sunday or month, not " ~ grain) }}
    {%- endif -%}
{%- endmacro %}

{# Whole periods from the start of one to the start of a later one; negative when it is earlier. #}
{% macro periods_between(earlier, later, grain) -%}
    {%- if grain == 'month' -%}
        (12 * (year({{ later }}) - year({{ earlier }})) + month({{ later }}) - month({{ earlier }}))
    {%- elif grain in ['week', 'week_sunday'] -%}
        cast({{ days_between(earlier, later) }} / 7 as bigint)
    {%- elif grain == 'hour' -%}
        cast({{ ms_between(earlier, later) }} / 3600000 as bigint)
    {%- else -%}
        {{ days_between(earlier, later) }}
    {%- endif -%}
{%- endmacro %}

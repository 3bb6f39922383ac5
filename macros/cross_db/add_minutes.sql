{# A timestamp some minutes later (earlier when negative). Engines build an interval from a column each in their own way. #}
{% macro add_minutes(timestamp, minutes) -%}
    {{ return(adapter.dispatch('add_minutes')(timestamp, minutes)) }}
{%- endmacro %}

{% macro default__add_minutes(timestamp, minutes) -%}
    ({{ timestamp }} + make_dt_interval(0, 0, {{ minutes }}, 0))
{%- endmacro %}

{% macro duckdb__add_minutes(timestamp, minutes) -%}
    ({{ timestamp }} + to_minutes({{ minutes }}))
{%- endmacro %}

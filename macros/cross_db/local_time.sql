{#
    A UTC timestamp as the wall clock of a time zone, without a zone of its own. DuckDB needs two steps (say that the input is UTC,
    then convert), Spark one. Never subtract a fixed number of hours instead: twice a year that is wrong.
#}
{% macro local_time(timestamp, time_zone) -%}
    {{ return(adapter.dispatch('local_time')(timestamp, time_zone)) }}
{%- endmacro %}

{% macro default__local_time(timestamp, time_zone) -%}
    from_utc_timestamp({{ timestamp }}, {{ time_zone }})
{%- endmacro %}

{% macro duckdb__local_time(timestamp, time_zone) -%}
    timezone({{ time_zone }}, timezone('UTC', {{ timestamp }}))
{%- endmacro %}

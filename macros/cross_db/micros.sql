{# A UTC timestamp as whole microseconds since 1970, bigint: sequences compare and subtract many of them, and a number costs less. #}
{% macro micros(timestamp) -%}
    {{ return(adapter.dispatch('micros')(timestamp)) }}
{%- endmacro %}

{% macro default__micros(timestamp) -%}
    unix_micros({{ timestamp }})
{%- endmacro %}

{% macro duckdb__micros(timestamp) -%}
    epoch_us({{ timestamp }})
{%- endmacro %}

{# The timestamp of so many microseconds since 1970. #}
{% macro from_micros(micros) -%}
    {{ return(adapter.dispatch('from_micros')(micros)) }}
{%- endmacro %}

{% macro default__from_micros(micros) -%}
    timestamp_micros({{ micros }})
{%- endmacro %}

{% macro duckdb__from_micros(micros) -%}
    make_timestamp({{ micros }})
{%- endmacro %}

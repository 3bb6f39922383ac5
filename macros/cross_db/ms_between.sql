{# Whole milliseconds from one UTC timestamp to a later one; negative when it is earlier. Engines name the clock differently. #}
{% macro ms_between(earlier, later) -%}
    {{ return(adapter.dispatch('ms_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__ms_between(earlier, later) -%}
    (unix_millis({{ later }}) - unix_millis({{ earlier }}))
{%- endmacro %}

{% macro duckdb__ms_between(earlier, later) -%}
    (epoch_ms({{ later }}) - epoch_ms({{ earlier }}))
{%- endmacro %}

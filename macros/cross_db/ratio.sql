{#
    a / b as double; null when b is 0 or either is null. The only division of amounts in the project: engines disagree on the type of
    decimal / decimal and on division by zero (DuckDB null, Spark an error under ANSI).
#}
{% macro ratio(numerator, denominator) -%}
    {{ return(adapter.dispatch('ratio')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__ratio(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}

{#
    a / b as double; null when b is 0 or either is null. For figures: rates, shares, means. What is money itself, or a rate that money is
    multiplied with, is divided exactly (`quotient_or_null`, `truncated_share_or_null`). Engines disagree on the type of decimal / decimal and on
    division by zero (DuckDB null, Spark an error under ANSI).
#}
{% macro ratio(numerator, denominator) -%}
    {{ return(adapter.dispatch('ratio')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__ratio(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}

{#
    The value below which a share of the rows of a group lies, interpolated, as double; null for no rows. An aggregate: a percentile of
    percentiles means nothing, so take it of the values themselves. Nulls do not count.
#}
{% macro percentile(value, share) -%}
    {{ return(adapter.dispatch('percentile')(value, share)) }}
{%- endmacro %}

{% macro default__percentile(value, share) -%}
    percentile(cast({{ value }} as double), {{ share }})
{%- endmacro %}

{% macro duckdb__percentile(value, share) -%}
    quantile_cont(cast({{ value }} as double), {{ share }})
{%- endmacro %}

{#
    Money times a factor (a rate, a share) without leaving the decimals, rounded half away from zero to 4 places; null when either is.
    DuckDB stops the whole query where a product of decimals does not fit, and one absurd line that somebody sent must not stop a build:
    the first attempt keeps all 18 places of the factor (amounts up to 10^16), the second 8 of them (10^26), and beyond that it is null.
#}
{% macro exact_product(amount, factor) -%}
    {{ return(adapter.dispatch('exact_product')(amount, factor)) }}
{%- endmacro %}

{% macro default__exact_product(amount, factor) -%}
    cast(try_multiply(cast({{ amount }} as decimal(20, 4)), cast({{ factor }} as decimal(38, 18))) as decimal(38, 4))
{%- endmacro %}

{% macro duckdb__exact_product(amount, factor) -%}
    coalesce(
        cast(try(cast({{ amount }} as decimal(38, 4)) * cast({{ factor }} as decimal(38, 18))) as decimal(38, 4)),
        cast(try(cast({{ amount }} as decimal(38, 4)) * cast({{ factor }} as decimal(38, 8))) as decimal(38, 4))
    )
{%- endmacro %}

{#
    amount x weight / total, cut (not rounded) to 4 decimals, exactly: the division is one of whole ten-thousandths, because a decimal
    divided by a decimal becomes a double in DuckDB. 0 when the total is 0. Amounts and weights are money with 4 decimals.
#}
{% macro truncated_share(amount, weight, total) -%}
    {{ return(adapter.dispatch('truncated_share')(amount, weight, total)) }}
{%- endmacro %}

{% macro default__truncated_share(amount, weight, total) -%}
    cast(coalesce(
        (cast({{ amount }} * 10000 as decimal(19, 0)) * cast({{ weight }} * 10000 as decimal(19, 0)))
        div nullif(cast({{ total }} * 10000 as decimal(38, 0)), 0),
        0
    ) * 0.0001 as decimal(38, 4))
{%- endmacro %}

{% macro duckdb__truncated_share(amount, weight, total) -%}
    cast(coalesce(
        try(cast(
            (cast({{ amount }} * 10000 as hugeint) * cast({{ weight }} * 10000 as hugeint))
            // nullif(cast({{ total }} * 10000 as hugeint), 0) as decimal(34, 0)
        )),
        0
    ) * 0.0001 as decimal(38, 4))
{%- endmacro %}

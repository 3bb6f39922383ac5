{#
    A running sum held between 0 and a bound after each step, decimal(38,8): window function over `window`, a partition with an order. A null
    bound is none. It is no sum of differences: what was cut off at a bound is gone for all later steps. The work grows with the square of
    the rows of a partition, so it is for the few steps of one payment. The arrow, as the linter reads no `lambda` of two parameters.
#}
{% macro bounded_balance(change, bound, window) -%}
    {{ return(adapter.dispatch('bounded_balance')(change, bound, window)) }}
{%- endmacro %}

{% macro default__bounded_balance(change, bound, window) -%}
    aggregate(
        collect_list(cast({{ change }} as decimal(38, 8))) over ({{ window }} rows between unbounded preceding and current row),
        cast(0 as decimal(38, 8)),
        (balance, step) -> cast(greatest(cast(0 as decimal(38, 8)), least(balance + step, {{ bound }})) as decimal(38, 8))
    )
{%- endmacro %}

{% macro duckdb__bounded_balance(change, bound, window) -%}
    list_reduce(
        list_prepend(
            cast(0 as decimal(38, 8)),
            list(cast({{ change }} as decimal(38, 8))) over ({{ window }} rows between unbounded preceding and current row)
        ),
        (balance, step) -> cast(greatest(0, least(balance + step, {{ bound }})) as decimal(38, 8))
    )
{%- endmacro %}

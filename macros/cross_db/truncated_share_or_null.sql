{#
    amount x weight / total, cut (not rounded) to `digits` decimals (8, or 4 in the reporting currency), exactly: the division is one of
    whole hundred-millionths, because a decimal divided by a decimal becomes a double in DuckDB. Weights are money too, none above the
    total. 0 when the total is 0; null, as the name says, where amount x total is beyond 10^31 (10^15 of 10^16), for which the whole
    numbers of an engine have too few digits.
#}
{% macro truncated_share_or_null(amount, weight, total, digits=8) -%}
    {{ return(adapter.dispatch('truncated_share_or_null')('(' ~ amount ~ ')', '(' ~ weight ~ ')', '(' ~ total ~ ')', digits)) }}
{%- endmacro %}

{% macro default__truncated_share_or_null(amount, weight, total, digits) -%}
    cast(coalesce(
        (cast({{ amount }} * 100000000 as decimal(19, 0)) * cast({{ weight }} * 100000000 as decimal(19, 0)))
        div nullif(cast({{ total }} * 100000000 as decimal(38, 0)), 0),
        0
    ) * 0.00000001 as decimal(38, {{ digits }}))
{%- endmacro %}

{% macro duckdb__truncated_share_or_null(amount, weight, total, digits) -%}
    {#- In two steps, since amount x weight has too many digits by itself: first what a unit weighs, in parts of 10^9, then its rest. -#}
    {%- set units = 'cast(' ~ amount ~ ' * 100000000 as hugeint)' -%}
    {%- set part = 'cast(' ~ weight ~ ' * 100000000 as hugeint)' -%}
    {%- set whole = 'cast(' ~ total ~ ' * 100000000 as hugeint)' -%}
    case
        when coalesce({{ total }}, 0) = 0 then cast(0 as decimal(38, {{ digits }}))
        when
            abs({{ amount }}) < 1000000000000000000000 and {{ total }} < 1000000000000000000000
            and abs(cast({{ amount }} as double) * cast({{ total }} as double)) < 1e31
            then cast(
                cast(
                    ({{ units }} // 1000000000 * ({{ part }} * 1000000000 // {{ whole }})
                    + (
                        {{ units }} // 1000000000 * ({{ part }} * 1000000000 % {{ whole }})
                        + {{ units }} % 1000000000 * {{ part }}
                    ) // {{ whole }}) // {{ 10 ** (8 - digits) }}
                    as decimal(30, 0)
                ) * cast({{ '0.00000001' if digits == 8 else '0.0001' }} as decimal({{ digits }}, {{ digits }})) as decimal(38, {{ digits }})
            )
    end
{%- endmacro %}

{#
    Money (8 decimals) times a factor (a rate, a share; 18 decimals), exact, rounded half away from zero once, at `digits` (4 or 8), as
    decimal(38,4) or decimal(38,8). Null when either is null, and, as the name says, when the product has more than 28 digits: DuckDB would stop the
    whole query, and one absurd line that somebody sent must not stop a build.

    A product of two such decimals needs more digits than any engine's decimal has. Amounts below 10^8 and factors below 10^4, which is
    nearly all there are, fit; what is larger is multiplied in whole numbers, the factor in three parts (before the point, nine
    decimals, nine more), each of which fits.
#}
{% macro product_or_null(amount, factor, digits=4) -%}
    {%- if digits not in [4, 8] -%}{{ exceptions.raise_compiler_error("product_or_null: digits is 4 or 8, not " ~ digits) }}{%- endif -%}
    {{ return(adapter.dispatch('product_or_null')('(' ~ amount ~ ')', '(' ~ factor ~ ')', digits)) }}
{%- endmacro %}

{% macro default__product_or_null(amount, factor, digits) -%}
    cast(
        try_multiply(cast({{ amount }} as decimal(20, 8)), cast({{ factor }} as decimal(38, 18))) as decimal(38, {{ digits }})
    )
{%- endmacro %}

{% macro duckdb__product_or_null(amount, factor, digits) -%}
    {#- No `try` around it: DuckDB evaluates what stands twice in one before it, and an overflow there stops the query after all. -#}
    {%- set whole = 'cast(abs(cast(' ~ amount ~ ' as decimal(38, 8))) * 100000000 as hugeint)' -%}
    {%- set before = 'cast(trunc(abs(' ~ factor ~ ')) as hugeint)' -%}
    {%- set after = 'cast((abs(' ~ factor ~ ') - trunc(abs(' ~ factor ~ '))) * 1000000000000000000 as hugeint)' -%}
    {%- set cut = 10000 if digits == 4 else 1 -%}
    case
        when abs({{ amount }}) < 100000000 and abs({{ factor }}) < 10000
            then cast(cast({{ amount }} as decimal(16, 8)) * cast({{ factor }} as decimal(22, 18)) as decimal(38, {{ digits }}))
        when
            abs({{ amount }}) < 1000000000000000000000
            and abs(cast({{ amount }} as double) * cast({{ factor }} as double)) < 0.9999999999 * 1e{{ 28 - digits }}
            then cast(
                cast(
                    {{ whole }} * {{ before }} // {{ cut }}
                    + (
                        {{ whole }} * {{ before }} % {{ cut }} * 1000000000
                        + {{ whole }} * ({{ after }} // 1000000000)
                        + {{ whole }} * ({{ after }} % 1000000000) // 1000000000
                        + {{ cut * 500000000 }}
                    ) // {{ cut * 1000000000 }}
                    as decimal(28, 0)
                ) * cast({{ '0.0001' if digits == 4 else '0.00000001' }} as decimal({{ digits }}, {{ digits }}))
                * cast(sign({{ amount }}) * sign({{ factor }}) as decimal(1, 0)) as decimal(38, {{ digits }})
            )
    end
{%- endmacro %}

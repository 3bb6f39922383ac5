{#
    A decimal divided by another, exact, rounded half away from zero once, at `digits` (10 for money, 18 for a rate). Null when either is null or
    the divisor is 0, and, as the name says, where it does not fit: an amount or a quotient of 10^20, a divisor of 10^11.

    For money in another currency. `ratio` is for figures: it divides doubles, whose sixteen digits are fewer than an amount may have. Engines
    disagree on decimal / decimal, and in DuckDB that is a double as well, so whole numbers are divided, as on paper: what is left of the first
    division goes on in two steps of half the digits.
#}
{% macro quotient_or_null(amount, divisor, digits=10) -%}
    {%- if digits not in [10, 18] -%}{{ exceptions.raise_compiler_error("quotient_or_null: digits is 10 or 18, not " ~ digits) }}{%- endif -%}
    {{ return(adapter.dispatch('quotient_or_null')('(' ~ amount ~ ')', '(' ~ divisor ~ ')', digits)) }}
{%- endmacro %}

{% macro default__quotient_or_null(amount, divisor, digits) -%}
    cast(
        try_divide(cast({{ amount }} as decimal(28, 14)), nullif(cast({{ divisor }} as decimal(28, 18)), 0)) as decimal(38, {{ digits }})
    )
{%- endmacro %}

{% macro duckdb__quotient_or_null(amount, divisor, digits) -%}
    {%- set a = 'abs(' ~ amount ~ ')' -%}
    {%- set b = 'abs(' ~ divisor ~ ')' -%}
    {%- set units = '(cast(trunc(' ~ a ~ ') as hugeint) * 1000000000000000000 + cast((' ~ a ~ ' - trunc(' ~ a ~ ')) * 1000000000000000000 as hugeint))' -%}
    {%- set whole = '(cast(trunc(' ~ b ~ ') as hugeint) * 1000000000000000000 + cast((' ~ b ~ ' - trunc(' ~ b ~ ')) * 1000000000000000000 as hugeint))' -%}
    {%- set step = 10 ** (digits // 2) -%}
    {%- set rest = units ~ ' % ' ~ whole ~ ' * ' ~ step -%}
    case
        when
            {#- as doubles: a bound that an operand's own decimal cannot hold would stop the query -#}
            {{ divisor }} != 0 and cast({{ a }} as double) < 1e20 and cast({{ b }} as double) < 1e11
            and abs(cast({{ amount }} as double) / cast({{ divisor }} as double)) < 0.9999999999e20
            then cast(
                cast(
                    {{ units }} // {{ whole }} * {{ step * step }}
                    + {{ rest }} // {{ whole }} * {{ step }}
                    + ({{ rest }} % {{ whole }} * {{ step }} + {{ whole }} // 2) // {{ whole }}
                    as decimal(38, 0)
                ) * cast({{ '0.0000000001' if digits == 10 else '0.000000000000000001' }} as decimal({{ digits }}, {{ digits }}))
                * cast(sign({{ amount }}) * sign({{ divisor }}) as decimal(1, 0)) as decimal(38, {{ digits }})
            )
    end
{%- endmacro %}

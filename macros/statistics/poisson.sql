{#
    Exact tails of the Poisson distribution, as sums of its terms, each the exponential of a logarithm so that none leaves the range of
    a double; terms more than 12 standard deviations (and 60) beyond the count and the mean are below 1e-30 and left out. Null where
    an argument is null. Arguments are columns. Spark has no logarithm of the gamma function, so there the terms follow from each other.
#}

{# Chance of `count` or more events where `mean` are expected. #}
{% macro poisson_tail(count, mean) -%}
    {{ return(adapter.dispatch('poisson_tail')(count, mean)) }}
{%- endmacro %}

{% macro default__poisson_tail(count, mean) -%}
    case
        when {{ count }} is null or {{ mean }} is null then null
        when {{ count }} <= 0 then 1e0
        when {{ mean }} <= 0 then 0e0
        else greatest(0e0, 1e0 - {{ poisson_head(count ~ ' - 1', mean) }})
    end
{%- endmacro %}

{% macro duckdb__poisson_tail(count, mean) -%}
    case
        when {{ count }} is null or {{ mean }} is null then null
        when {{ count }} <= 0 then 1e0
        when {{ mean }} <= 0 then 0e0
        else least(1e0, {{ poisson_terms(
            count,
            'greatest(' ~ count ~ ', ' ~ mean ~ ') + 12 * sqrt(greatest(' ~ count ~ ', ' ~ mean ~ ')) + 60',
            mean
        ) }})
    end
{%- endmacro %}

{# Chance of `count` or fewer events where `mean` are expected. #}
{% macro poisson_head(count, mean) -%}
    {{ return(adapter.dispatch('poisson_head')(count, mean)) }}
{%- endmacro %}

{% macro default__poisson_head(count, mean) -%}
    case
        when {{ count }} is null or {{ mean }} is null then null
        when {{ count }} < 0 then 0e0
        when {{ mean }} <= 0 then 1e0
        when {{ count }} = 0 then exp(-{{ mean }})
        else least(1e0, aggregate(
            sequence(1, cast({{ count }} as int)),
            named_struct('log_term', -cast({{ mean }} as double), 'total', exp(-cast({{ mean }} as double))),
            (sum, i) -> named_struct(
                'log_term', sum.log_term + ln({{ mean }}) - ln(i),
                'total', sum.total + exp(sum.log_term + ln({{ mean }}) - ln(i))
            ),
            sum -> sum.total
        ))
    end
{%- endmacro %}

{% macro duckdb__poisson_head(count, mean) -%}
    case
        when {{ count }} is null or {{ mean }} is null then null
        when {{ count }} < 0 then 0e0
        when {{ mean }} <= 0 then 1e0
        else least(1e0, {{ poisson_terms(
            'greatest(0, least(' ~ count ~ ', ' ~ mean ~ ') - 12 * sqrt(least(' ~ count ~ ', ' ~ mean ~ ')) - 60)',
            'least(' ~ count ~ ', ' ~ mean ~ ' + 12 * sqrt(' ~ mean ~ ') + 60) + 1',
            mean
        ) }})
    end
{%- endmacro %}

{# Chance of a count at least as unlikely on its own side, doubled: the exact test of a count against its mean, never above 1. #}
{% macro poisson_two_sided(count, mean) -%}
    least(1e0, 2e0 * least({{ poisson_tail(count, mean) }}, {{ poisson_head(count, mean) }}))
{%- endmacro %}

{# Sum of the terms from `low` up to below `high`, for DuckDB. #}
{% macro poisson_terms(low, high, mean) -%}
    list_sum(list_transform(
        range(cast({{ low }} as bigint), cast({{ high }} as bigint)),
        lambda i: exp(i * ln({{ mean }}) - {{ mean }} - lgamma(i + 1))
    ))
{%- endmacro %}

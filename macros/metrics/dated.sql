{#
    Rows of a dated seed, or of a CTE made of one (`from_cte`), with the day until which each holds: that of the next row with the same key, the end of the calendar for the
    last. Business users write one date a row, so spans can neither overlap nor leave a hole. There is no null to ask for: a join with
    an `or` in its condition is one in which DuckDB compares every row with every other.
#}
{% macro dated(seed, key, from_cte=false) %}
    select
        *,
        coalesce(
            lead(valid_from) over (partition by {{ key }} order by valid_from), cast('9999-12-31' as date)
        ) as valid_until
    from {{ seed if from_cte else ref(seed) }}
{% endmacro %}

{# Whether a day lies in the span of a row of `dated`. #}
{% macro holds_on(day, dated) -%}
    ({{ day }} >= {{ dated }}.valid_from and {{ day }} < {{ dated }}.valid_until)
{%- endmacro %}

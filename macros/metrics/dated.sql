{#
    Rows of a dated seed with the day until which each holds: that of the next row with the same key, null for the last. Business users
    write one date a row, so spans can neither overlap nor leave a hole.
#}
{% macro dated(seed, key) %}
    select
        *,
        lead(valid_from) over (partition by {{ key }} order by valid_from) as valid_until
    from {{ ref(seed) }}
{% endmacro %}

{# Whether a day lies in the span of a row of `dated`. #}
{% macro holds_on(day, dated) -%}
    ({{ day }} >= {{ dated }}.valid_from and ({{ day }} < {{ dated }}.valid_until or {{ dated }}.valid_until is null))
{%- endmacro %}

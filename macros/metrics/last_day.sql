{#
    D: the last gaming day on which a player did anything, as a scalar subquery; null in an empty warehouse. It counts as incomplete:
    whatever needs a whole day ends before it. Taken from the data, never from a clock, so that two builds of the same data agree.
#}
{% macro last_day() -%}
    (select max(gaming_day) from {{ ref('fct_player_days') }} where player_events > 0)
{%- endmacro %}

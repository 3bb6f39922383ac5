{#
    D of a row over all players: the earliest of theirs, since a day is over only when it is over for everybody. A scalar subquery, null where
    nobody ever did anything. Where a row has fewer players it is min(latest_gaming_day) of them (dim_players); where it has a jurisdiction,
    that of int_clock__days. Whoever has done nothing yet but ahead of time does not count: one phone with a wrong clock moves nothing.
#}
{% macro latest_gaming_day() -%}
    (select min(latest_gaming_day) from {{ ref('dim_players') }} where first_event_day <= latest_gaming_day)
{%- endmacro %}

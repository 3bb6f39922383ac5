{#
    Whether a gaming day has not come yet where its player is at home, or where the event says it was, if nobody is known: a phone's clock
    that is ahead. `players` and `clock_days` are aliases of what has latest_gaming_day by player and by jurisdiction, both LEFT joined.
#}
{% macro is_ahead(gaming_day, players, clock_days) -%}
    {{ gaming_day }} > coalesce({{ players }}.latest_gaming_day, {{ clock_days }}.latest_gaming_day)
{%- endmacro %}

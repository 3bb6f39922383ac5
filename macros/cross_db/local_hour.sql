{#
    The hour of the wall clock, 0 to 23, at which a UTC timestamp lies in its jurisdiction: when people play. `jurisdictions` is the alias of the
    seed, LEFT joined on the event's jurisdiction, as for `gaming_day`; no row is UTC. The start of the gaming day plays no part: six in the
    morning is 6 also where the day begins then. Twice a year an hour comes twice or not at all, and is counted as the clock shows it.
#}
{% macro local_hour(timestamp, jurisdictions) -%}
    cast(hour({{ local_time(timestamp, "coalesce(" ~ jurisdictions ~ ".time_zone, 'UTC')") }}) as integer)
{%- endmacro %}

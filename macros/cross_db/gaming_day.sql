{#
    The business day of a UTC timestamp in its jurisdiction: local time, minus the minutes after midnight at which the day starts.
    `jurisdictions` is the alias of the seed, LEFT joined on the event's jurisdiction: no row (`XX`, or one that the seed does not
    know) is UTC from midnight. Every daily figure goes through here; a plain cast to date would book the night on the wrong day.
    It stands in this folder because it is made of the two macros beside it.
#}
{% macro gaming_day(timestamp, jurisdictions) -%}
    {%- set local = local_time(timestamp, "coalesce(" ~ jurisdictions ~ ".time_zone, 'UTC')") -%}
    cast({{ add_minutes(local, "-coalesce(" ~ jurisdictions ~ ".day_start_minutes, 0)") }} as date)
{%- endmacro %}

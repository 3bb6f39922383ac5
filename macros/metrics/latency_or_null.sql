{#
    How long something took: null where it took less than no time, because then a clock or a measurement is wrong and not the thing fast.
    The event is reported as `negative_latency` (contract_violations).
#}
{% macro latency_or_null(duration) -%}
    case when {{ duration }} >= 0 then {{ duration }} end
{%- endmacro %}

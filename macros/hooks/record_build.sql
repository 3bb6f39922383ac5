{# One row a run, with the number of nodes that did not pass. `pitboss publish` reads the last one. #}
{% macro record_build(results) %}
    {% if execute %}
        {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'skipped']) | list | length %}
        insert into landing.build_log
        values ('{{ invocation_id }}', cast(current_timestamp as timestamp), {{ results | length }}, {{ failed }})
    {% endif %}
{% endmacro %}

{#
    One row a run: begun as unfinished, and given its verdict at the end, so that a run that is killed does not leave the verdict of
    the one before. The verdict is the number of nodes whose newest outcome is not that they passed: a node stays among the failures
    until a run in which it passes, and a build of something else does not hide it. `pitboss publish` reads the last row.
#}
{% macro begin_build() %}
    {% if execute %}
        {% do run_query('create schema if not exists landing') %}
        {% do run_query('create table if not exists landing.build_log (invocation_id varchar, finished_at timestamp, nodes bigint, failed bigint)') %}
        {% do run_query('create table if not exists landing.build_failures (node varchar)') %}
        insert into landing.build_log values ('{{ invocation_id }}', cast(current_timestamp as timestamp), 0, -1)
    {% endif %}
{% endmacro %}

{# A unit test needs no memory: where one fails, dbt skips its model, which is remembered. #}
{% macro record_build(results) %}
    {% if execute %}
        {% set passed, failed, known = ["''"], [], [] %}
        {% for result in results %}
            {% do (failed if result.status in ['error', 'fail', 'runtime error', 'skipped'] else passed).append("'" ~ result.node.unique_id ~ "'") %}
        {% endfor %}
        {% for id in graph.nodes %}
            {% do known.append("'" ~ id ~ "'") %}
        {% endfor %}
        {% if failed %}
            {% do run_query('insert into landing.build_failures (node) values (' ~ failed | join('), (') ~ ')') %}
        {% endif %}
        {% do run_query(
            'delete from landing.build_failures where node in (' ~ passed | join(', ') ~ ') or node not in (' ~ (known + failed) | join(', ') ~ ')'
        ) %}
        update landing.build_log
        set
            finished_at = cast(current_timestamp as timestamp),
            nodes = {{ results | length }},
            failed = (select count(distinct node) from landing.build_failures)
        where invocation_id = '{{ invocation_id }}'
    {% endif %}
{% endmacro %}

{#
    One row a run, in the order in which they began: begun as unfinished, and given its verdict at the end, so that a run that is killed does
    not leave the verdict of the one before. The verdict is the number of nodes whose newest outcome is not that they passed: a node stays
    among the failures until a run in which it passes, and a build of something else does not hide it. Beside it, of each node that passed, as
    what (its checksum), on which ledger and in which currency: `pitboss publish` asks that for every node of the project.
#}
{% macro begin_build() %}
    {% if execute %}
        {% do run_query('create schema if not exists landing') %}
        {% do run_query('create table if not exists landing.build_log (invocation_id varchar, finished_at timestamp, nodes bigint, failed bigint)') %}
        {% do run_query('alter table landing.build_log add column if not exists build_seq bigint') %}
        {% do run_query('create table if not exists landing.build_failures (node varchar)') %}
        {% do run_query('create table if not exists landing.build_passes (node varchar, checksum varchar, ledger_head varchar, reporting_currency varchar)') %}
        insert into landing.build_log (invocation_id, finished_at, nodes, failed, build_seq)
        select '{{ invocation_id }}', cast(current_timestamp as timestamp), 0, -1, coalesce(max(build_seq), 0) + 1 from landing.build_log
    {% endif %}
{% endmacro %}

{# A unit test needs no memory: where one fails, dbt skips its model, which is remembered. What `--empty` made passed nothing. #}
{% macro record_build(results) %}
    {% if execute %}
        {% set passed, failed = [], [] %}
        {% for result in results %}
            {% do (failed if result.status in ['error', 'fail', 'runtime error', 'skipped'] else passed).append(result.node) %}
        {% endfor %}
        {% set passed_ids, failed_ids = passed | map(attribute='unique_id') | list, failed | map(attribute='unique_id') | list %}
        {% if failed %}
            {% do run_query('insert into landing.build_failures (node) values ' ~ "('" ~ failed_ids | join("'), ('") ~ "')") %}
        {% endif %}
        {% do run_query(
            'delete from landing.build_failures where node in ' ~ quoted_list(passed_ids)
            ~ ' or node not in ' ~ quoted_list(graph.nodes | list + failed_ids)
        ) %}
        {% do run_query('delete from landing.build_passes where node in ' ~ quoted_list(passed_ids + failed_ids)) %}
        {% if passed and not flags.EMPTY %}
            {% set rows = [] %}
            {% for node in passed %}
                {% do rows.append("('" ~ node.unique_id ~ "', '" ~ (node.checksum.checksum if node.checksum else '') ~ "')") %}
            {% endfor %}
            {% do run_query(
                "insert into landing.build_passes select node, checksum, (select head from landing.heads order by seq desc limit 1), '"
                ~ var('reporting_currency') ~ "' from (values " ~ rows | join(', ') ~ ') as passed (node, checksum)'
            ) %}
        {% endif %}
        update landing.build_log
        set
            finished_at = cast(current_timestamp as timestamp),
            nodes = {{ results | length }},
            failed = (select count(distinct node) from landing.build_failures)
        where invocation_id = '{{ invocation_id }}'
    {% endif %}
{% endmacro %}

{# Texts as a list for SQL; an empty one is a list of the empty text, which is no node's. #}
{% macro quoted_list(texts) %}
    {{- return("('" ~ texts | join("', '") ~ "')") -}}
{% endmacro %}

{#
    Incremental facts follow the ledger. Each one remembers in `landing.build_state`, in the same file and the same transaction as
    its rows, up to which ledger sequence it is built. On the next run every entity (a round, a deposit, a player's day) that occurs
    in something newer is forgotten and built again from all its events. There is no look-back window to guess: a void that comes
    forty days late rebuilds its round, and the rows are those of a full refresh.

    In a model:
        {{ config(
            materialized='incremental',
            incremental_strategy='append',
            pre_hook="{{ forget_touched(['brand', 'player_id', 'round_id'], 'int_bets__events') }}"
        ) }}
        ... from {{ ref('int_bets__events') }} {{ where_touched(['brand', 'player_id', 'round_id'], 'int_bets__events') }}
#}

{# Ledger sequence up to which this model is built, as a number; -1 where it will be built whole. #}
{% macro built_seq() %}
    {% if execute and is_incremental() %}
        {% set rows = run_query("select max(built_seq) from landing.build_state where model = '" ~ this.identifier ~ "'") %}
        {% set seq = rows.columns[0].values()[0] %}
        {{ return(-1 if seq is none else seq) }}
    {% endif %}
    {{ return(-1) }}
{% endmacro %}

{# Keys of the entities that something newer touches: new events, and events whose id was named in a conflict since. #}
{% macro touched(keys, events) %}
    select {{ keys | join(', ') }} from {{ ref(events) }} where changed_seq > {{ built_seq() }}
    union
    select {{ keys | join(', ') }} from {{ ref('stg_landing__conflicts') }} where changed_seq > {{ built_seq() }}
{% endmacro %}

{% macro where_touched(keys, events) %}
    {% if is_incremental() %}where ({{ keys | join(', ') }}) in ({{ touched(keys, events) }}){% endif %}
{% endmacro %}

{% macro forget_touched(keys, events) %}
    {% if is_incremental() %}delete from {{ this }} where ({{ keys | join(', ') }}) in ({{ touched(keys, events) }}){% endif %}
{% endmacro %}

{% macro create_build_state() %}
    {% if execute %}
        {% do run_query('create schema if not exists landing') %}
        {% do run_query('create table if not exists landing.build_state (model varchar, built_seq bigint)') %}
        {% do run_query('create table if not exists landing.build_log (invocation_id varchar, finished_at timestamp, nodes bigint, failed bigint)') %}
    {% endif %}
{% endmacro %}

{#
    Post-hook of every fact, inside its transaction. A fact is built no further than the facts it reads: one of them may have been
    left out of this run. `--empty` builds nothing, so it marks nothing.
#}
{% macro mark_built() %}
    {% if execute and not flags.EMPTY %}
        {% set upstream = [] %}
        {% for id in model.depends_on.nodes if id in graph.nodes and 'facts' in graph.nodes[id].fqn %}
            {% do upstream.append("'" ~ graph.nodes[id].name ~ "'") %}
        {% endfor %}
        {% do run_query("delete from landing.build_state where model = '" ~ this.identifier ~ "'") %}
        insert into landing.build_state
        select '{{ this.identifier }}', coalesce(min(built_seq), -1)
        from (
            select coalesce(max(seq), -1) as built_seq from landing.ledger
            {% if upstream %}
            union all
            select built_seq from landing.build_state where model in ({{ upstream | join(', ') }})
            {% endif %}
        )
    {% endif %}
{% endmacro %}

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

{# True where the fact will go on from what it holds; false where it will be built whole. Ephemeral models ask for the fact they serve. #}
{% macro goes_on(fact) %}
    {% if not execute or should_full_refresh() or model.resource_type == 'unit_test' %}
        {{ return(false) }}
    {% endif %}
    {% set held = adapter.get_relation(target.database, generate_schema_name('semantic', none), fact) %}
    {{ return(held is not none and held.type == 'table') }}
{% endmacro %}

{#
    Ledger sequence up to which the fact is built. -1, which means that everything is new to it, where it never finished or where a
    seed or the reporting currency has changed since: a rate or a time zone reaches rows of any age.
#}
{% macro built_seq(fact) %}
    {% set seq = run_query(
        "select max(built_seq) from landing.build_state where model = '" ~ fact ~ "' and seeds = '" ~ seeds_fingerprint() ~ "'"
    ).columns[0].values()[0] %}
    {{ return(-1 if seq is none else seq) }}
{% endmacro %}

{% macro seeds_fingerprint() %}
    {% set sums = [var('reporting_currency')] %}
    {% for node in graph.nodes.values() | selectattr('resource_type', 'eq', 'seed') | sort(attribute='name') %}
        {% do sums.append(node.checksum.checksum) %}
    {% endfor %}
    {{ return(local_md5(sums | join(','))) }}
{% endmacro %}

{#
    Keys of the entities that something newer touches: new events, and events whose id was named in a conflict since. `events` is a
    model that this one reads, directly or through an ephemeral one; it is looked up in the graph, because dbt does not see a `ref`
    behind a condition of the run.
#}
{% macro touched(keys, events, fact) %}
    {%- set since = built_seq(fact) -%}
    select {{ keys | join(', ') }} from {{ graph.nodes['model.' ~ project_name ~ '.' ~ events].relation_name }} where changed_seq > {{ since }}
    union
    select {{ keys | join(', ') }} from landing.conflicts where changed_seq > {{ since }}
{%- endmacro %}

{# `fact` is this model unless an ephemeral one filters for the fact that it becomes a part of. #}
{% macro where_touched(keys, events, fact=none) %}
    {%- if goes_on(fact or this.identifier) -%}
        where ({{ keys | join(', ') }}) in ({{ touched(keys, events, fact or this.identifier) }})
    {%- endif -%}
{% endmacro %}

{% macro forget_touched(keys, events) %}
    {%- if goes_on(this.identifier) -%}
        delete from {{ this }} where ({{ keys | join(', ') }}) in ({{ touched(keys, events, this.identifier) }})
    {%- endif -%}
{% endmacro %}

{% macro create_build_state() %}
    {% if execute %}
        {% do run_query('create schema if not exists landing') %}
        {% do run_query('create table if not exists landing.build_state (model varchar, built_seq bigint, seeds varchar)') %}
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
        select '{{ this.identifier }}', coalesce(min(built_seq), -1), '{{ seeds_fingerprint() }}'
        from (
            select coalesce(max(seq), -1) as built_seq from landing.ledger
            {% if upstream %}
            union all
            select built_seq from landing.build_state where model in ({{ upstream | join(', ') }})
            {% endif %}
        )
    {% endif %}
{% endmacro %}

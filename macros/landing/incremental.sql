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
    seed or the reporting currency has changed since: a rate or a time zone reaches rows of any age. So it is where the ledger has another
    entry there than the one that was built: a backup was restored, and what the fact holds may be of events that are no more.
#}
{% macro built_seq(fact) %}
    {% set seq = run_query(
        "select max(built.built_seq) from landing.build_state as built inner join landing.heads as heads on built.built_seq = heads.seq"
        ~ " and built.built_head = heads.head where built.model = '" ~ fact ~ "' and built.seeds = '" ~ seeds_fingerprint() ~ "'"
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
    Keys of the entities that something newer touches: new events, and events that since then count no more, or again. `events` is a
    model that this one reads, directly or through an ephemeral one; it is looked up in the graph, because dbt does not see a `ref`
    behind a condition of the run.
#}
{% macro touched(keys, events, fact) %}
    {%- set since = built_seq(fact) -%}
    {#- Columns are qualified: a bare name that the relation lacks would mean that of the query around this one, without a word. -#}
    select fresh.{{ keys | join(', fresh.') }}
    from {{ graph.nodes['model.' ~ project_name ~ '.' ~ events].relation_name }} as fresh
    where fresh.changed_seq > {{ since }}
    union
    select gone.{{ keys | join(', gone.') }} from landing.left_out as gone where gone.changed_seq > {{ since }}
{%- endmacro %}

{# `fact` is this model unless an ephemeral one filters for the fact that it becomes a part of. #}
{% macro where_touched(keys, events, fact=none) %}
    {%- if goes_on(fact or this.identifier) -%}
        where ({{ keys | join(', ') }}) in ({{ touched(keys, events, fact or this.identifier) }})
    {%- endif -%}
{% endmacro %}

{% macro forget_touched(keys, events) %}
    {%- if goes_on(this.identifier) -%}
        delete from {{ this }}
        {%- if built_seq(this.identifier) >= 0 %} where ({{ keys | join(', ') }}) in ({{ touched(keys, events, this.identifier) }}){% endif -%}
    {%- endif -%}
{% endmacro %}

{#
    For tables that are a count by UTC day of landing: the ledger names the days on which something is new, so that nothing has to be
    searched for, and a literal list of days lets DuckDB leave out the files of all others. In a model:
        {{ config(materialized='incremental', incremental_strategy='append',
            pre_hook="{{ forget_touched_days() }}", post_hook="{{ mark_built() }}") }}
        ... from {{ ref('stg_landing__events') }} {{ where_touched_days() }}
#}
{#
    `onwards_from` names an event whose coming changes what later days say as well (a consent): with it all days from its first new
    one on are touched.
#}
{% macro touched_days(onwards_from=none) %}
    {% set since = built_seq(this.identifier) %}
    {% set query %}
        with fresh as (
            select event, event_day from landing.changed_days where changed_seq > {{ since }}
        )
        select event_day from fresh
        {% if onwards_from %}
        union
        select event_day from landing.parts
        where event_day >= (select min(event_day) from fresh where event = '{{ onwards_from }}')
        {% endif %}
    {% endset %}
    {{ return(run_query(query).columns[0].values() | sort) }}
{% endmacro %}

{% macro where_touched_days(onwards_from=none) %}
    {%- if goes_on(this.identifier) -%}
        where {{ is_one_of_days('event_day', touched_days(onwards_from)) }}
    {%- endif -%}
{% endmacro %}

{% macro forget_touched_days(onwards_from=none) %}
    {%- if goes_on(this.identifier) -%}
        delete from {{ this }}
        {%- if built_seq(this.identifier) >= 0 %} where {{ is_one_of_days('event_day', touched_days(onwards_from)) }}{% endif -%}
    {%- endif -%}
{% endmacro %}

{% macro is_one_of_days(column, days) -%}
    {%- if days -%}
        {{ column }} in ({% for day in days %}date '{{ day }}'{{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{#
    As where_touched by one key, for a fact that knows the UTC day on which each of its entities begins: of touched entities nothing
    lies before the earliest such day and the earliest new event, so the files of older days are left out.
#}
{% macro where_touched_since(key, events, first_day) %}
    {%- if goes_on(this.identifier) -%}
        {%- set since = built_seq(this.identifier) -%}
        {%- set query -%}
            select min(known_day) from (
                select event_day as known_day from landing.changed_days where changed_seq > {{ since }}
                union all
                select {{ first_day }} from {{ this }} where {{ key }} in ({{ touched([key], events, this.identifier) }})
            )
        {%- endset -%}
        {%- set from_day = run_query(query).columns[0].values()[0] -%}
        {{ where_touched([key], events) }} and {{ "event_day >= date '" ~ from_day ~ "'" if from_day else 'false' }}
    {%- endif -%}
{% endmacro %}

{% macro create_build_state() %}
    {% if execute %}
        {% do run_query('create schema if not exists landing') %}
        {% do run_query('create table if not exists landing.build_state (model varchar, built_seq bigint, seeds varchar, built_head varchar)') %}
        {% do run_query('alter table landing.build_state add column if not exists built_head varchar') %}
        {% do run_query('create table if not exists landing.sessions_rebuilt (brand varchar, player_id varchar, rebuilt_from timestamp)') %}
        {% do run_query('create table if not exists landing.sessions_kept (brand varchar, player_id varchar, session_id varchar)') %}
    {% endif %}
{% endmacro %}

{#
    Post-hook of every incremental model, inside its transaction. It is built no further than the incremental ones that it reads, be it
    through views: one of them may have been left out of this run. `--empty` builds nothing, so it marks nothing.
#}
{% macro incremental_parents(node, found) %}
    {% for id in node.depends_on.nodes if id in graph.nodes and graph.nodes[id].resource_type == 'model' %}
        {% set parent = graph.nodes[id] %}
        {% if parent.config.materialized == 'incremental' %}
            {% do found.append("'" ~ parent.name ~ "'") %}
        {% elif parent.config.materialized in ('view', 'ephemeral') %}
            {% do incremental_parents(parent, found) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{% macro mark_built() %}
    {% if execute and not flags.EMPTY and model.config.materialized == 'incremental' %}
        {% set upstream = [] %}
        {% do incremental_parents(model, upstream) %}
        {% do run_query("delete from landing.build_state where model = '" ~ this.identifier ~ "'") %}
        insert into landing.build_state (model, built_seq, seeds, built_head)
        select '{{ this.identifier }}', built.seq, '{{ seeds_fingerprint() }}', heads.head
        from (
            select coalesce(min(built_seq), -1) as seq
            from (
                select coalesce(max(seq), -1) as built_seq from landing.ledger
                {% if upstream %}
                union all
                select built_seq from landing.build_state where model in ({{ upstream | join(', ') }})
                {% endif %}
            ) as read
        ) as built
        left join landing.heads as heads using (seq)
    {% endif %}
{% endmacro %}

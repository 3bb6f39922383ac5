{#
    Sessions of a player hang together in time: an event without a session id goes on with what was there, and one id may come back days
    later. So a player to whom something new has happened is built again from the point on from which that can matter, not from the
    beginning. That point is the start of the earliest chain of overlapping sessions that ended less than half an hour before the new
    event, or that has the new event's session id; or the new event itself.
#}
{% macro sessions_rebuilt_from() %}
    {%- set since = built_seq('fct_sessions') -%}
    {%- set sessions = adapter.get_relation(target.database, generate_schema_name('semantic', none), 'fct_sessions') -%}
    {%- set player = 'brand, player_id' -%}
    with fresh as (
        select {{ player }}, session_id, ts
        from {{ graph.nodes['model.' ~ project_name ~ '.stg_landing__events'].relation_name }}
        where changed_seq > {{ since }} and player_id is not null
        union all
        select {{ player }}, session_id, ts from landing.conflicts where changed_seq > {{ since }} and player_id is not null
    ),
    known as (
        select session_key, {{ player }}, session_id, started_at, ended_at,
            max(ended_at) over (
                partition by {{ player }} order by started_at, session_key rows between unbounded preceding and 1 preceding
            ) as reached_at
        from {{ sessions }} where ({{ player }}) in (select {{ player }} from fresh)
    ),
    chained as (
        select *, sum(case when reached_at is null or started_at > reached_at then 1 else 0 end) over (
            partition by {{ player }} order by started_at, session_key rows between unbounded preceding and current row
        ) as chain_no
        from known
    ),
    chains as (
        select *, min(started_at) over same_chain as chain_started_at, max(ended_at) over same_chain as chain_ended_at
        from chained window same_chain as (partition by {{ player }}, chain_no)
    ),
    news as (
        select {{ player }}, min(ts) as first_at from fresh group by {{ player }}
    )
    select {{ player }}, min(rebuilt_from) as rebuilt_from
    from (
        select {{ player }}, first_at as rebuilt_from from news
        union all
        select chains.brand, chains.player_id, chains.chain_started_at
        from chains
        inner join news on chains.brand = news.brand and chains.player_id = news.player_id
        where chains.chain_ended_at >= {{ add_minutes('news.first_at', -30) }}
        union all
        select chains.brand, chains.player_id, chains.chain_started_at
        from chains
        inner join (select distinct {{ player }}, session_id from fresh) as fresh
            on chains.brand = fresh.brand and chains.player_id = fresh.player_id and chains.session_id = fresh.session_id
    ) as points
    group by {{ player }}
{% endmacro %}

{# Pre-hook of fct_sessions: remember from where each touched player is built again, and forget what lies there. #}
{% macro forget_rebuilt_sessions() %}
    {%- if goes_on('fct_sessions') -%}
        {% do run_query('create or replace table landing.sessions_rebuilt as ' ~ sessions_rebuilt_from()) %}
        delete from {{ this }} as held
        where exists (
            select 1 from landing.sessions_rebuilt as rebuilt
            where held.brand = rebuilt.brand and held.player_id = rebuilt.player_id and held.started_at >= rebuilt.rebuilt_from
        )
    {%- endif -%}
{% endmacro %}

{# Filter of the landed events, under their alias: what takes part in the sessions that are built again. A literal day leaves files out. #}
{% macro where_rebuilt(events) %}
    {%- if goes_on('fct_sessions') -%}
        {%- set first = run_query('select min(cast(rebuilt_from as date)) from (' ~ sessions_rebuilt_from() ~ ')').columns[0].values()[0] -%}
        where {{ events }}.event_day >= date '{{ first or '9999-12-31' }}' and exists (
            select 1 from landing.sessions_rebuilt as rebuilt
            where {{ events }}.brand = rebuilt.brand and {{ events }}.player_id = rebuilt.player_id and {{ events }}.ts >= rebuilt.rebuilt_from
        )
    {%- endif -%}
{% endmacro %}

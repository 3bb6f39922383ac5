{#
    Sessions of a player hang together in time: an event without a session id goes on with what was there, and an id goes on until the
    player was away for twelve hours. So a player to whom something new has happened is built again from the point on from which that can
    matter, not from the beginning: the start of the chain of sessions, less than twelve hours apart, that the new event may reach, or the
    new event itself. Nothing before can change, since twelve hours without any event end every session.
#}
{% macro sessions_rebuilt_from() %}
    {%- set since = built_seq('fct_sessions') -%}
    {%- set sessions = adapter.get_relation(target.database, generate_schema_name('semantic', none), 'fct_sessions') -%}
    {%- set player = 'brand, player_id' -%}
    with fresh as (
        select {{ player }}, ts
        from {{ graph.nodes['model.' ~ project_name ~ '.stg_landing__events'].relation_name }}
        where changed_seq > {{ since }} and player_id is not null
        union all
        select {{ player }}, ts from landing.left_out where changed_seq > {{ since }} and player_id is not null
    ),
    known as (
        select session_key, {{ player }}, started_at, ended_at,
            max(ended_at) over (
                partition by {{ player }} order by started_at, session_key rows between unbounded preceding and 1 preceding
            ) as reached_at
        from {{ sessions }} where ({{ player }}) in (select {{ player }} from fresh)
    ),
    chained as (
        select *, sum(case when reached_at is null or started_at >= {{ add_minutes('reached_at', 12 * 60) }} then 1 else 0 end) over (
            partition by {{ player }} order by started_at, session_key rows between unbounded preceding and current row
        ) as chain_no
        from known
    ),
    chains as (
        select {{ player }}, chain_no, min(started_at) as chain_started_at, max(ended_at) as chain_ended_at
        from chained group by {{ player }}, chain_no
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
        where chains.chain_ended_at > {{ add_minutes('news.first_at', -12 * 60) }}
    ) as points
    group by {{ player }}
{% endmacro %}

{#
    Pre-hook of fct_sessions: remember from where each touched player is built again, forget what lies there, and remember the ids of the
    player that stay: where one of them comes back, it is not there for the first time.
#}
{% macro forget_rebuilt_sessions() %}
    {%- if goes_on('fct_sessions') -%}
        {% if built_seq('fct_sessions') < 0 %}{% do run_query('delete from ' ~ this) %}{% endif %}
        {% do run_query('create or replace table landing.sessions_rebuilt as ' ~ sessions_rebuilt_from()) %}
        {% set kept %}
            create or replace table landing.sessions_kept as
            select distinct held.brand, held.player_id, held.session_id
            from {{ this }} as held
            inner join landing.sessions_rebuilt as rebuilt on held.brand = rebuilt.brand and held.player_id = rebuilt.player_id
            where held.session_id is not null and held.started_at < rebuilt.rebuilt_from
        {% endset %}
        {% do run_query(kept) %}
        delete from {{ this }} as held
        where exists (
            select 1 from landing.sessions_rebuilt as rebuilt
            where held.brand = rebuilt.brand and held.player_id = rebuilt.player_id and held.started_at >= rebuilt.rebuilt_from
        )
    {%- endif -%}
{% endmacro %}

{# Whether an earlier session of this id stays as it is while the player's later ones are built again. #}
{% macro is_kept_session(brand, player_id, session_id) -%}
    {%- if goes_on('fct_sessions') -%}
        exists (
            select 1 from landing.sessions_kept as kept
            where kept.brand = {{ brand }} and kept.player_id = {{ player_id }} and kept.session_id = {{ session_id }}
        )
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

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

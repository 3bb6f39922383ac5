{#
    Makes the schema `landing`: one view per event over exactly the files that the ledger names, a typed empty one where
    nothing has landed, and the ledger's own tables. Never a bare glob: it errors on no match and would read what is not committed.
    Called by on-run-start and by `pitboss land` (because `dbt show` and `dbt compile` run no hooks).
#}
{% macro read_landing() %}
    {% if execute %}
        {% do adapter.dispatch('read_landing')() %}
    {% endif %}
{% endmacro %}

{% macro duckdb__read_landing() %}
    {% do create_ledger_tables() %}

    {% set files = {} %}
    {% for row in run_query("select event, string_agg(path, '|' order by path) from landing.parts group by event") %}
        {% do files.update({row[0]: row[1].split('|')}) %}
    {% endfor %}
    {% set named = run_query('select distinct event from landing.left_out_ids').columns[0].values() | list %}
    {% set withdrawn = run_query('select distinct event from landing.withdrawn').columns[0].values() | list %}
    {% set envelope = landing_source('landing', 'events') %}

    {% set contracts = landing_contracts() %}
    {% for contract in contracts %}
        {% do run_query(event_view(contract, envelope, files.get(contract.name, []), contract.name in named, contract.name in withdrawn)) %}
    {% endfor %}
    {% do run_query(all_events_view(contracts)) %}
    {% do run_query(left_out_view(contracts, named + withdrawn)) %}
    {% do run_query(changed_days_view()) %}
{% endmacro %}

{# The contracts, which are the source tables below a folder `contracts`, in the order of their names. #}
{% macro landing_contracts() %}
    {% set found = [] %}
    {% for node in graph.sources.values() | sort(attribute='name') if '/contracts/' in node.original_file_path %}
        {% do found.append(node) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro landing_source(source_name, table) %}
    {{ return((graph.sources.values() | selectattr('source_name', 'eq', source_name) | selectattr('name', 'eq', table) | list)[0]) }}
{% endmacro %}

{# Columns of a contract that product Parquet holds: name and type, without what goes to the vault. #}
{% macro landed_columns(node) %}
    {% set found = [] %}
    {% for column in node.columns.values() %}
        {% set meta = column.config.meta if column.config and column.config.meta else column.meta %}
        {% if (meta.json or meta.derived) and meta.pii != 'vault' and column.name != 'event' %}
            {% do found.append({
                'name': column.name, 'type': column.data_type, 'default': meta.default,
                'begins': meta.begins,
                'is_guessed': column.data_type in ['bigint', 'double'] and 'min' not in meta and 'max' not in meta
            }) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# A row that does not count stays in sight, marked `is_left_out`: what was built of it must be built again. #}
{% macro event_view(contract, envelope, files, has_named, has_withdrawn) %}
    {% set own = [{'name': 'inbox', 'type': 'varchar'}, {'name': 'event_day', 'type': 'date'}, {'name': 'load_seq', 'type': 'bigint'}] %}
    {% set sent = landed_columns(envelope) %}
    {% set payload = landed_columns(contract) %}
    create or replace view landing.{{ contract.name }} as
    with landed as (
        {{ read_parts(own + sent + payload, files) }}
    )
    select
        {% for column in sent %}
            {%- if column.name == 'brand' %}
        coalesce(landed.brand, '{{ column.default }}') as brand,
            {%- elif column.name == 'jurisdiction' %}
        {# a code is the same in any letters, and the seeds have it in capitals #}
        upper(coalesce(landed.jurisdiction, '{{ column.default }}')) as jurisdiction,
            {%- elif column.name == 'is_test' %}
        coalesce(landed.is_test, false) as is_test,
            {%- elif column.name == 'source' %}
        coalesce(landed.source, landed.inbox) as source,
            {%- elif column.name == 'schema_ver' %}
        coalesce(landed.schema_ver, '{{ contract.config.meta.version }}') as schema_ver,
            {%- else %}
        landed.{{ column.name }},
            {%- endif %}
        {%- endfor %}
        landed.event_day,
        landed.load_seq,
        greatest(
            landed.load_seq
            {%- if has_named %}, coalesce(named.ledger_seq, -1){% endif %}
            {%- if has_withdrawn %}, coalesce(withdrawn.ledger_seq, -1){% endif %}
        ) as changed_seq,
        false
        {%- if has_named %} or coalesce(landed.load_seq <> named.counting_seq, false){% endif %}
        {%- if has_withdrawn %} or coalesce(withdrawn.is_withdrawn, false){% endif %} as is_left_out,
        {% for column in payload %}
            {%- if column.is_guessed %}
        {{ plausible_or_null('landed.' ~ column.name) }} as {{ column.name }}{{ ', ' if not loop.last }}
            {%- elif column.begins %}
        {# what would end before it begins has no end, is `ends_before_it_begins` (contract_violations) and holds from its beginning #}
        case when landed.{{ column.name }} >= coalesce(landed.{{ column.begins }}, landed.ts) then landed.{{ column.name }} end as {{ column.name }}{{ ', ' if not loop.last }}
            {%- else %}
        landed.{{ column.name }}{{ ', ' if not loop.last }}
            {%- endif %}
        {%- endfor %}
    from landed
    {% if has_named %}
    left join landing.left_out_ids as named
        on named.event = '{{ contract.name }}' and landed.event_id = named.event_id and landed.event_day = named.event_day
    {% endif %}
    {% if has_withdrawn %}
    left join landing.withdrawn as withdrawn
        on
            withdrawn.event = '{{ contract.name }}' and landed.event_id = withdrawn.event_id and landed.event_day = withdrawn.event_day
            and landed.load_seq = withdrawn.load_seq
    {% endif %}
{% endmacro %}

{#
    A count or a measure for which the contract gives no range. What no count can be would stop a build or spoil a sum: it stays in the
    landed files, is `out_of_range` (contract_violations) and null to whoever reads it.
#}
{% macro plausible_or_null(number) -%}
    case when {{ number }} between 0 and 1000000000000 then {{ number }} end
{%- endmacro %}

{# Columns (name and type) of our Parquet by field id, the same as `read_parts` of the landing gives; a typed empty table where there is no file. #}
{% macro read_parts(columns, files) %}
    {% if files %}
        select * from read_parquet(
            [{% for file in files %}'{{ (home_dir() ~ '/' ~ file) | replace("'", "''") }}'{{ ',' if not loop.last }}{% endfor %}],
            schema = map {
                {% for column in columns -%}
                {{ field_id(column.name) }}: {name: '{{ column.name }}', type: '{{ column.type }}', default_value: null}{{ ',' if not loop.last }}
                {% endfor %}
            }
        )
    {% else %}
        select {% for column in columns %}cast(null as {{ column.type }}) as {{ column.name }}{{ ', ' if not loop.last }}{% endfor %}
        where false
    {% endif %}
{% endmacro %}

{% macro all_events_view(contracts) %}
    create or replace view landing.events as
    {% for contract in contracts %}
    select
        '{{ contract.name }}' as event, '{{ contract.config.meta.actor }}' as actor, '{{ contract.source_name }}' as family,
        ts, schema_ver, event_id, player_id, anonymous_id, session_id, trace_id, source, brand, jurisdiction, is_test, received_ts,
        fx_rate, fx_base, fx_source, fx_fixed_at, event_day, load_seq, changed_seq, is_left_out
    from landing.{{ contract.name }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}

{# The landed rows that do not count, with every business key that a fact rebuilds by. #}
{% macro left_out_view(contracts, events) %}
    {% set keys = ['round_id', 'bet_id', 'deposit_id', 'withdrawal_id', 'bonus_id', 'txn_id'] %}
    create or replace view landing.left_out as
    select
        cast(null as varchar) as event, cast(null as varchar) as event_id, cast(null as bigint) as changed_seq, cast(null as varchar) as brand,
        cast(null as varchar) as player_id, cast(null as varchar) as session_id, cast(null as varchar) as trace_id, cast(null as varchar) as jurisdiction, cast(null as timestamp) as ts, cast(null as date) as event_day,
        {% for key in keys %}cast(null as varchar) as {{ key }}{{ ', ' if not loop.last }}{% endfor %}
    where false
    {% for contract in contracts if contract.name in events %}
    union all
    select
        '{{ contract.name }}', event_id, changed_seq, brand, player_id, session_id, trace_id, jurisdiction, ts, event_day,
        {% for key in keys %}{{ key if key in contract.columns else 'cast(null as varchar)' }}{{ ', ' if not loop.last }}{% endfor %}
    from landing.{{ contract.name }}
    where is_left_out
    {% endfor %}
{% endmacro %}

{# The days of events on which something is new, or counts no more, or again, each with the last entry that says so. #}
{% macro changed_days_view() %}
    create or replace view landing.changed_days as
    select event, event_day, max(changed_seq) as changed_seq
    from (
        select event, event_day, load_seq as changed_seq from landing.parts
        union all
        select event, event_day, ledger_seq from landing.left_out_ids
        union all
        select event, event_day, ledger_seq from landing.withdrawn
    ) as said
    group by event, event_day
{% endmacro %}

{# Parquet field id of a column: from its name, so that no registry of numbers is kept. The landing writes the same (contract/arrow.py). #}
{% macro field_id(name) %}
    {{- return(local_md5(name)[:7] | int(base=16)) -}}
{% endmacro %}

{% macro home_dir() %}
    {{- return(env_var('PITBOSS_HOME', 'var')) -}}
{% endmacro %}

{# The home as a part of a pattern inside a SQL string: what stands in its name is no pattern. #}
{% macro home_glob() %}
    {{- return(home_dir() | replace("'", "''") | replace('[', '[[]') | replace('*', '[*]')) -}}
{% endmacro %}

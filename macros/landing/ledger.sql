{# Lists of an entry, each with the columns of an item. One that is longer than an entry may hold stands beside it, an item a line. #}
{% macro ledger_lists() %}
    {% set id = {'event': 'varchar', 'event_day': 'date', 'event_id': 'varchar'} %}
    {% set part = {'event': 'varchar', 'event_day': 'date', 'rows': 'bigint', 'path': 'varchar'} %}
    {% set value = {'value': 'varchar'} %}
    {{ return({
        'parts': part, 'refusals': part, 'withdrawn': part, 'retired': value, 'loads': value, 'conflict_ids': id, 'settled': id, 'set_aside': id,
        'resolutions': {'event': 'varchar', 'event_day': 'date', 'event_id': 'varchar', 'kept_seq': 'bigint'},
        'violations': {'day': 'date', 'event': 'varchar', 'reason': 'varchar', 'is_quarantined': 'boolean', 'events': 'bigint'}
    }) }}
{% endmacro %}

{#
    The ledger's entries as tables: `landing.ledger` a row an entry, and for each list `landing.ledger_<list>` a row an item. Each entry is
    one small JSON file; only whole, committed ones have a name that ends in .json.
#}
{% macro create_ledger_tables() %}
    {% set columns = {
        'seq': 'bigint', 'previous': 'varchar', 'kind': 'varchar', 'load_id': 'varchar', 'file': 'varchar', 'channel': 'varchar', 'bytes': 'bigint', 'lines': 'bigint',
        'blank_lines': 'bigint', 'landed': 'bigint', 'quarantined': 'bigint', 'duplicates': 'bigint', 'conflicts': 'bigint',
        'lag_p50_s': 'double', 'lag_p95_s': 'double', 'landed_at': 'timestamp', 'is_undone': 'boolean', 'lists': 'map(varchar, varchar)'
    } %}
    {% for list, fields in ledger_lists().items() %}
        {% do columns.update({list: 'varchar[]' if 'value' in fields else 'struct(' ~ typed_columns(fields) ~ ')[]'}) %}
    {% endfor %}
    {% set entries = run_query("select count(*) from glob('" ~ home_glob() ~ "/ledger/*.json')").columns[0].values()[0] %}
    {% do run_query('create schema if not exists landing') %}
    {% set ledger %}
        create or replace table landing.ledger as
        {% if entries %}
        select * from read_json(
            '{{ home_glob() }}/ledger/*.json', format = 'newline_delimited', columns = {{ json_columns(columns) }}
        )
        {% else %}
        select {% for name, type in columns.items() %}cast(null as {{ type }}) as {{ name }}{{ ', ' if not loop.last }}{% endfor %} where false
        {% endif %}
    {% endset %}
    {% do run_query(ledger) %}
    {% for list, fields in ledger_lists().items() %}
        {% do run_query(ledger_list(list, fields)) %}
    {% endfor %}
    {% do run_query(ledger_heads(entries)) %}
    {% do run_query("
        create or replace view landing.loads as
        select seq as load_seq, kind, load_id, file, channel, bytes, lines, blank_lines, landed, quarantined, duplicates, conflicts,
            lag_p50_s, lag_p95_s, landed_at
        from landing.ledger where kind <> 'compaction'") %}
    {% do run_query('
        create or replace view landing.parts as
        select seq as load_seq, event, event_day, "rows", path from landing.ledger_parts
        anti join landing.ledger_retired as gone on ledger_parts.path = gone.value') %}
    {% do run_query('
        create or replace view landing.conflict_ids as
        with named as (
            select event, event_day, event_id, max(seq) as named_seq from landing.ledger_conflict_ids group by event, event_day, event_id
        ),
        decided as (
            select event, event_day, event_id, max(seq) as decided_seq, arg_max(kept_seq, seq) as kept_seq
            from landing.ledger_resolutions group by event, event_day, event_id
        ),
        settled as (
            select event, event_day, event_id, max(seq) as settled_seq from landing.ledger_settled group by event, event_day, event_id
        )
        select event, event_day, event_id, greatest(named_seq, coalesce(decided_seq, 0), coalesce(settled_seq, 0)) as ledger_seq,
            named_seq > greatest(coalesce(decided_seq, 0), coalesce(settled_seq, 0)) as is_open,
            case when decided_seq >= named_seq and decided_seq > coalesce(settled_seq, 0) then kept_seq end as kept_seq
        from named left join decided using (event, event_day, event_id) left join settled using (event, event_day, event_id)') %}
    {% do run_query(left_out_ids_view()) %}
    {% do run_query(withdrawn_view()) %}
    {% do run_query("
        create or replace view landing.retracted as
        select value as load_id, max(seq) as ledger_seq, not coalesce(arg_max(is_undone, seq), false) as is_retracted
        from landing.ledger_loads group by value") %}
    {% do run_query(refusals_view()) %}
    {% do run_query("
        create or replace view landing.violations as
        select day, event, reason, false as is_quarantined, sum(events) as events
        from landing.ledger_violations
        where not is_quarantined and reason <> 'unknown_field'
        group by day, event, reason
        having sum(events) <> 0
        union all
        select day, event, reason, true, count(*) from landing.refusals where reason not in ('conflict', 'unknown_field') group by day, event, reason
        union all
        select said.day, said.event, said.reason, false, count(distinct said.event_id)
        from landing.refusals as said
        anti join (from landing.left_out_ids where counting_seq = 0) as named
            on said.event = named.event and said.day = named.event_day and said.event_id = named.event_id
        where said.reason = 'unknown_field'
        group by said.day, said.event, said.reason
        union all
        select event_day, event, 'conflict', true, count(*) from landing.conflict_ids where is_open group by event_day, event") %}
{% endmacro %}

{#
    Lines in the quarantine now, each content once however often and in whatever file it came: without this a file that is delivered
    twice would double what a producer is told. A line that left by a replay has a row with weight -1. Events with a field that no
    contract knows are here too, by their id.
#}
{% macro refusals_view() %}
    {% set columns = [
        {'name': 'day', 'type': 'date'}, {'name': 'event', 'type': 'varchar'}, {'name': 'reason', 'type': 'varchar'},
        {'name': 'pointer', 'type': 'varchar'}, {'name': 'fingerprint', 'type': 'bigint'}, {'name': 'event_id', 'type': 'varchar'},
        {'name': 'weight', 'type': 'integer'}, {'name': 'load_id', 'type': 'varchar'}
    ] %}
    create or replace view landing.refusals as
    select day, event, reason, pointer, fingerprint, event_id
    from (
        {{ read_parts(columns, ledger_files('refusals')) }}
    )
    where load_id not in (select load_id from landing.retracted where is_retracted)
    group by day, event, reason, pointer, fingerprint, event_id
    having sum(weight) > 0
{% endmacro %}

{#
    The hash of each entry's bytes, by which the next one names it: what was built of an entry is known by it, since the number alone is the
    same in a backup that was restored, and in another home. 0 is the ledger before its first entry.
#}
{% macro ledger_heads(entries) %}
    create or replace table landing.heads as
    select cast(0 as bigint) as seq, '' as head
    {% if entries %}
    union all
    select seq - 1, previous from landing.ledger where seq > 1
    union all
    select {{ entries }}, sha256(content)
    from read_blob('{{ home_glob() }}/ledger/{{ '%010d' % entries }}.json')
    {% endif %}
{% endmacro %}

{# Files of a list of the ledger's that count. #}
{% macro ledger_files(list) %}
    {% set query = 'select path from landing.ledger_' ~ list ~ ' where path not in (select value from landing.ledger_retired)' %}
    {{ return(run_query(query).columns[0].values()) }}
{% endmacro %}

{#
    Event ids of which not every landed row counts, or once did not: because they are in conflict, or somebody has set them aside. The row
    with the load sequence `counting_seq` counts, none where it is 0, and all where it is null. `ledger_seq` is the last entry about it.
#}
{% macro left_out_ids_view() %}
    create or replace view landing.left_out_ids as
    with set_aside as (
        select event, event_day, event_id, max(seq) as ledger_seq,
            case when coalesce(arg_max(is_undone, seq), false) then null else 0 end as counting_seq
        from landing.ledger_set_aside group by event, event_day, event_id
    )
    select event, event_day, event_id, max(ledger_seq) as ledger_seq, min(counting_seq) as counting_seq
    from (
        select event, event_day, event_id, ledger_seq, case when is_open then 0 else kept_seq end as counting_seq from landing.conflict_ids
        union all
        select event, event_day, event_id, ledger_seq, counting_seq from set_aside
    ) as said
    group by event, event_day, event_id
{% endmacro %}

{# Landed rows that a retraction has taken out, or once did, by event and the load sequence that they bear. #}
{% macro withdrawn_view() %}
    {% set columns = [
        {'name': 'event', 'type': 'varchar'}, {'name': 'event_day', 'type': 'date'}, {'name': 'event_id', 'type': 'varchar'},
        {'name': 'load_seq', 'type': 'bigint'}, {'name': 'ledger_seq', 'type': 'bigint'}, {'name': 'weight', 'type': 'integer'}
    ] %}
    create or replace view landing.withdrawn as
    select event, event_day, event_id, load_seq, max(ledger_seq) as ledger_seq, sum(weight) < 0 as is_withdrawn
    from (
        {{ read_parts(columns, ledger_files('withdrawn')) }}
    )
    group by event, event_day, event_id, load_seq
{% endmacro %}

{# A list of all entries: seq, is_undone of its entry, and the columns of an item. #}
{% macro ledger_list(list, fields) %}
    {% set files = run_query("select seq from landing.ledger where lists['" ~ list ~ "'] is not null order by seq").columns[0].values() %}
    create or replace table landing.ledger_{{ list }} as
    select seq, is_undone{% for name in fields %}, {{ 'item' if name == 'value' else 'item.' ~ adapter.quote(name) }} as {{ adapter.quote(name) }}{% endfor %}
    from (select seq, is_undone, unnest({{ list }}) as item from landing.ledger) as entry
    {% if files %}
    union all
    select ledger.seq, ledger.is_undone{% for name in fields %}, item.{{ adapter.quote(name) }}{% endfor %}
    from read_json(
        [{% for seq in files %}'{{ home_dir() | replace("'", "''") }}/ledger/lists/{{ '%010d' % seq }}-{{ list }}.jsonl'{{ ', ' if not loop.last }}{% endfor %}],
        format = 'newline_delimited', columns = {{ json_columns(fields) }}, filename = true
    ) as item
    inner join landing.ledger as ledger on ledger.seq = cast(left(parse_filename(item.filename), 10) as bigint)
    {% endif %}
{% endmacro %}

{% macro json_columns(fields) -%}
    { {%- for name, type in fields.items() %}'{{ name }}': '{{ type | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor -%} }
{%- endmacro %}

{% macro typed_columns(fields) -%}
    {% for name, type in fields.items() %}{{ adapter.quote(name) }} {{ type }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# The ledger's entries as tables. Each entry is one small JSON file; only whole, committed ones have a name that ends in .json. #}
{% macro create_ledger_tables() %}
    {% set columns = {
        'seq': 'bigint', 'previous': 'varchar', 'kind': 'varchar', 'load_id': 'varchar', 'file': 'varchar', 'channel': 'varchar', 'bytes': 'bigint', 'lines': 'bigint',
        'blank_lines': 'bigint', 'landed': 'bigint', 'quarantined': 'bigint', 'duplicates': 'bigint', 'conflicts': 'bigint',
        'lag_p50_s': 'double', 'lag_p95_s': 'double', 'landed_at': 'timestamp',
        'parts': 'struct(event varchar, event_day date, "rows" bigint, path varchar)[]',
        'refusals': 'struct(event varchar, event_day date, "rows" bigint, path varchar)[]',
        'retired': 'varchar[]',
        'violations': 'struct("day" date, event varchar, reason varchar, is_quarantined boolean, events bigint)[]',
        'conflict_ids': 'struct(event varchar, event_day date, event_id varchar)[]',
        'resolutions': 'struct(event varchar, event_day date, event_id varchar, kept_seq bigint)[]',
        'settled': 'struct(event varchar, event_day date, event_id varchar)[]',
        'set_aside': 'struct(event varchar, event_day date, event_id varchar)[]',
        'loads': 'varchar[]', 'is_undone': 'boolean', 'reason': 'varchar', 'closed_months': 'varchar[]',
        'withdrawn': 'struct(event varchar, event_day date, "rows" bigint, path varchar)[]'
    } %}
    {% set entries = run_query("select count(*) from glob('" ~ home_glob() ~ "/ledger/*.json')").columns[0].values()[0] %}
    {% do run_query('create schema if not exists landing') %}
    {% set ledger %}
        create or replace table landing.ledger as
        {% if entries %}
        select * from read_json(
            '{{ home_glob() }}/ledger/*.json',
            format = 'newline_delimited',
            columns = { {% for name, type in columns.items() %}'{{ name }}': '{{ type }}'{{ ', ' if not loop.last }}{% endfor %} }
        )
        {% else %}
        select {% for name, type in columns.items() %}cast(null as {{ type }}) as {{ name }}{{ ', ' if not loop.last }}{% endfor %} where false
        {% endif %}
    {% endset %}
    {% do run_query(ledger) %}
    {% do run_query(ledger_heads(entries)) %}
    {% do run_query("
        create or replace view landing.loads as
        select seq as load_seq, kind, load_id, file, channel, bytes, lines, blank_lines, landed, quarantined, duplicates, conflicts,
            lag_p50_s, lag_p95_s, landed_at
        from landing.ledger where kind <> 'compaction'") %}
    {% do run_query('
        create or replace view landing.parts as
        select entry.load_seq, entry.part.event, entry.part.event_day, entry.part."rows" as "rows", entry.part.path
        from (select seq as load_seq, unnest(parts) as part from landing.ledger) as entry
        anti join (select unnest(retired) as path from landing.ledger) as gone on entry.part.path = gone.path') %}
    {% do run_query('
        create or replace view landing.conflict_ids as
        with named as (
            select entry.named.event, entry.named.event_day, entry.named.event_id, max(entry.seq) as named_seq
            from (select seq, unnest(conflict_ids) as named from landing.ledger) as entry
            group by entry.named.event, entry.named.event_day, entry.named.event_id
        ),
        decided as (
            select entry.said.event, entry.said.event_day, entry.said.event_id, max(entry.seq) as decided_seq,
                arg_max(entry.said.kept_seq, entry.seq) as kept_seq
            from (select seq, unnest(resolutions) as said from landing.ledger) as entry
            group by entry.said.event, entry.said.event_day, entry.said.event_id
        ),
        settled as (
            select entry.said.event, entry.said.event_day, entry.said.event_id, max(entry.seq) as settled_seq
            from (select seq, unnest(settled) as said from landing.ledger) as entry
            group by entry.said.event, entry.said.event_day, entry.said.event_id
        )
        select event, event_day, event_id, greatest(named_seq, coalesce(decided_seq, 0), coalesce(settled_seq, 0)) as ledger_seq,
            named_seq > greatest(coalesce(decided_seq, 0), coalesce(settled_seq, 0)) as is_open,
            case when decided_seq >= named_seq and decided_seq > coalesce(settled_seq, 0) then kept_seq end as kept_seq
        from named left join decided using (event, event_day, event_id) left join settled using (event, event_day, event_id)') %}
    {% do run_query(left_out_ids_view()) %}
    {% do run_query(withdrawn_view()) %}
    {% do run_query("
        create or replace view landing.retracted as
        select entry.load_id, max(entry.seq) as ledger_seq, not coalesce(arg_max(entry.is_undone, entry.seq), false) as is_retracted
        from (select seq, is_undone, unnest(loads) as load_id from landing.ledger) as entry
        group by entry.load_id") %}
    {% do run_query(refusals_view()) %}
    {% do run_query("
        create or replace view landing.violations as
        select entry.v.day, entry.v.event, entry.v.reason, false as is_quarantined, sum(entry.v.events) as events
        from (select unnest(violations) as v from landing.ledger) as entry
        where not entry.v.is_quarantined and entry.v.reason <> 'unknown_field'
        group by entry.v.day, entry.v.event, entry.v.reason
        having sum(entry.v.events) <> 0
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
    {% set query = 'select part.path from (select unnest(' ~ list ~ ') as part from landing.ledger)
        where part.path not in (select unnest(retired) from landing.ledger)' %}
    {{ return(run_query(query).columns[0].values()) }}
{% endmacro %}

{#
    Event ids of which not every landed row counts, or once did not: because they are in conflict, or somebody has set them aside. The row
    with the load sequence `counting_seq` counts, none where it is 0, and all where it is null. `ledger_seq` is the last entry about it.
#}
{% macro left_out_ids_view() %}
    create or replace view landing.left_out_ids as
    with set_aside as (
        select entry.said.event, entry.said.event_day, entry.said.event_id, max(entry.seq) as ledger_seq,
            case when coalesce(arg_max(entry.is_undone, entry.seq), false) then null else 0 end as counting_seq
        from (select seq, is_undone, unnest(set_aside) as said from landing.ledger) as entry
        group by entry.said.event, entry.said.event_day, entry.said.event_id
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

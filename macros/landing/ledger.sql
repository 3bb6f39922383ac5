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
        'resolutions': 'struct(event varchar, event_day date, event_id varchar, kept_seq bigint)[]'
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
        )
        select event, event_day, event_id, greatest(named_seq, coalesce(decided_seq, 0)) as ledger_seq,
            coalesce(decided_seq, 0) < named_seq as is_open, case when decided_seq > named_seq then kept_seq end as kept_seq
        from named left join decided using (event, event_day, event_id)') %}
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
        anti join (from landing.conflict_ids where is_open or kept_seq = 0) as named
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
        {'name': 'weight', 'type': 'integer'}
    ] %}
    {% set query = "select part.path from (select unnest(refusals) as part from landing.ledger)
        where part.path not in (select unnest(retired) from landing.ledger)" %}
    {% set files = run_query(query).columns[0].values() %}
    create or replace view landing.refusals as
    select day, event, reason, pointer, fingerprint, event_id
    from (
        {{ read_parts(columns, files) }}
    )
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

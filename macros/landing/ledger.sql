{# The ledger's entries as tables. Each entry is one small JSON file; only whole, committed ones have a name that ends in .json. #}
{% macro create_ledger_tables() %}
    {% set columns = {
        'seq': 'bigint', 'kind': 'varchar', 'load_id': 'varchar', 'file': 'varchar', 'channel': 'varchar', 'bytes': 'bigint', 'lines': 'bigint',
        'blank_lines': 'bigint', 'landed': 'bigint', 'quarantined': 'bigint', 'duplicates': 'bigint', 'conflicts': 'bigint',
        'lag_p50_s': 'double', 'lag_p95_s': 'double', 'landed_at': 'timestamp',
        'parts': 'struct(event varchar, event_day date, "rows" bigint, path varchar)[]',
        'violations': 'struct("day" date, event varchar, reason varchar, is_quarantined boolean, events bigint)[]',
        'conflict_ids': 'struct(event varchar, event_day date, event_id varchar)[]'
    } %}
    {% set entries = run_query("select count(*) from glob('" ~ home_dir() | replace("'", "''") ~ "/ledger/*.json')").columns[0].values()[0] %}
    {% do run_query('create schema if not exists landing') %}
    {% set ledger %}
        create or replace table landing.ledger as
        {% if entries %}
        select * from read_json(
            '{{ home_dir() | replace("'", "''") }}/ledger/*.json',
            format = 'newline_delimited',
            columns = { {% for name, type in columns.items() %}'{{ name }}': '{{ type }}'{{ ', ' if not loop.last }}{% endfor %} }
        )
        {% else %}
        select {% for name, type in columns.items() %}cast(null as {{ type }}) as {{ name }}{{ ', ' if not loop.last }}{% endfor %} where false
        {% endif %}
    {% endset %}
    {% do run_query(ledger) %}
    {% do run_query("
        create or replace view landing.loads as
        select seq as load_seq, load_id, file, channel, bytes, lines, blank_lines, landed, quarantined, duplicates, conflicts,
            lag_p50_s, lag_p95_s, landed_at
        from landing.ledger where kind = 'load'") %}
    {% do run_query('
        create or replace view landing.parts as
        select entry.load_seq, entry.part.event, entry.part.event_day, entry.part."rows" as "rows", entry.part.path
        from (select seq as load_seq, unnest(parts) as part from landing.ledger) as entry') %}
    {% do run_query('
        create or replace view landing.violations as
        select entry.load_seq, entry.v."day" as "day", entry.v.event, entry.v.reason, entry.v.is_quarantined, entry.v.events
        from (select seq as load_seq, unnest(violations) as v from landing.ledger) as entry') %}
    {% do run_query('
        create or replace view landing.conflict_ids as
        select entry.named.event, entry.named.event_day, entry.named.event_id, max(entry.ledger_seq) as ledger_seq
        from (select seq as ledger_seq, unnest(conflict_ids) as named from landing.ledger) as entry
        group by entry.named.event, entry.named.event_day, entry.named.event_id') %}
{% endmacro %}

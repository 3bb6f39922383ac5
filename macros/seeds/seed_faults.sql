{#
    Seeds are edited in spreadsheets, and a spreadsheet rewrites what it opens: dates in the way of the country, a decimal comma, `;` for
    the comma. Nothing is guessed here: each cell is held against the type that the seed's YAML declares for its column. All rules of what a
    cell may be are in this file. On-run-start asks them of all seeds, before anything is changed.

    Returns one line per fault, the first `shown` of them, or an empty text.
#}
{% macro seed_faults(shown=10) %}
    {% if not execute %}
        {{ return('') }}
    {% endif %}
    {% set seeds = checked_seeds() %}
    {% set lines, files, columns = [], {}, {} %}
    {% for seed in seeds %}
        {% set unknown = [] if seed.config.column_types else ['no column has a type'] %}
        {% for name, type in seed.config.column_types.items() if seed_type_rules(seed_type(type)) is none %}
            {% do unknown.append('column ' ~ name ~ ' has type ' ~ type) %}
        {% endfor %}
        {% if unknown %}
            {% do lines.append(seed_path(seed) ~ ': ' ~ unknown | join(', ') ~ '; column_types in the YAML beside it names for each column '
                ~ 'one of string, date, boolean, smallint, integer, bigint, decimal(p,s), double') %}
        {% else %}
            {% do files.update({seed.unique_id: {'id': seed.unique_id, 'path': seed_file(seed)}}) %}
        {% endif %}
    {% endfor %}

    {% set headers, demands = {}, seed_demands(seeds) %}
    {% if files %}
        {% for row in run_query(seed_headers_sql(files.values())) %}
            {% do headers.setdefault(row['file_id'], {'encoding': row['encoding'], 'names': []}).names.append(row['cell']) %}
        {% endfor %}
    {% endif %}
    {% for seed in seeds if seed.unique_id in files %}
        {% set fault = seed_header_fault(headers.get(seed.unique_id), seed.config.column_types) %}
        {% if fault %}
            {% do lines.append(seed_path(seed) ~ fault) %}
            {% do files.pop(seed.unique_id) %}
        {% else %}
            {% do columns.update({seed.unique_id: seed_columns(seed, headers[seed.unique_id].names, demands[seed.unique_id])}) %}
        {% endif %}
    {% endfor %}

    {% set more = [] %}
    {% if files %}
        {% for row in run_query(seed_cells_sql(files.values(), columns, demands, shown)) %}
            {% set seed = graph.nodes[row['file_id']] %}
            {% set cell = row['cell'] if row['cell'] | length <= 40 else row['cell'][:40] ~ '...' %}
            {% if row['is_of_row'] %}
                {% do lines.append(seed_path(seed) ~ ', row ' ~ row['line'] ~ ' ' ~ row['fault']) %}
            {% else %}
                {% do lines.append(seed_path(seed) ~ ', row ' ~ row['line'] ~ ', column ' ~ row['name'] ~ ': '
                    ~ ("'" ~ cell ~ "'" if cell else 'the cell') ~ ' ' ~ row['fault']) %}
            {% endif %}
            {% do more.append(row['faults']) %}
        {% endfor %}
    {% endif %}
    {% set all_faults = lines | length + (more[0] - more | length if more else 0) %}
    {% set told = [] %}
    {% for line in lines[:shown] %}
        {% do told.append(modules.re.sub('[\\x00-\\x1f\\x7f-\\x9f]', '?', line)) %}
    {% endfor %}
    {% if all_faults > shown %}
        {% do told.append('... and ' ~ (all_faults - shown) ~ ' more') %}
    {% endif %}
    {{ return('Nothing was loaded, because seeds cannot be read as they are:\n' ~ told | join('\n') if told else '') }}
{% endmacro %}

{#
    The seeds of this project, and those that its models read instead: a project that has this one as a package may switch a seed off and
    bring its own under the same name. What else such a project seeds is its own affair.
#}
{% macro checked_seeds() %}
    {% set read = [] %}
    {% for node in graph.nodes.values() if node.package_name == 'pitboss' and node.resource_type == 'model' %}
        {% do read.extend(node.depends_on.nodes) %}
    {% endfor %}
    {% set found = [] %}
    {% for node in graph.nodes.values() | selectattr('resource_type', 'eq', 'seed') | sort(attribute='original_file_path') %}
        {% if node.package_name == 'pitboss' or node.unique_id in read %}
            {% do found.append(node) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#
    Where a seed lies. For the project that is run this is what dbt was told, because a parse that was kept from before the project was moved
    still holds the old place; a package knows its own.
#}
{% macro seed_file(seed) %}
    {% set root = invocation_args_dict.get('project_dir') if seed.package_name == project_name %}
    {{ return((root or seed.root_path) ~ '/' ~ seed.original_file_path) }}
{% endmacro %}

{# As a reader finds it: below the project, and a package's by its whole path. #}
{% macro seed_path(seed) %}
    {{ return(seed.original_file_path if seed.package_name == project_name else seed.root_path ~ '/' ~ seed.original_file_path) }}
{% endmacro %}

{# What is wrong with a file as a whole or with its first row, as the end of a line that begins with its path; none where nothing is. #}
{% macro seed_header_fault(header, column_types) %}
    {% if not header %}
        {{ return(': the file is not there; where the project was moved, run dbt once with --no-partial-parse') }}
    {% endif %}
    {% set expected = column_types | list %}
    {% set names = header.names if header.names != [none] else [] %}
    {% if header.encoding != 'UTF-8' %}
        {{ return(': the file is not in UTF-8' ~ (' but in UTF-16' if header.encoding == 'UTF-16' else '') ~ '; save it as "CSV UTF-8"') }}
    {% elif not names %}
        {{ return(': the file is empty; its first row names the columns: ' ~ expected | join(',')) }}
    {% elif names | length == 1 and expected | length > 1 %}
        {% for separator, plural in [(';', 'semicolons'), ('\t', 'tabs'), ('|', 'vertical bars')] if separator in names[0] %}
            {{ return(': the cells are separated by ' ~ plural ~ '; save the file as comma-separated') }}
        {% endfor %}
        {% if ',' in names[0] %}
            {{ return(': each row is one cell in quotes; open the file as comma-separated and save it again') }}
        {% endif %}
    {% endif %}
    {% set wrong = [] %}
    {% for name in names %}
        {% if name == '' %}
            {% do wrong.append('column ' ~ loop.index ~ ' has no name') %}
        {% elif name not in expected %}
            {% do wrong.append("'" ~ name[:40] ~ "' is no column") %}
        {% elif name in names[:loop.index0] %}
            {% do wrong.append(name ~ ' stands twice') %}
        {% endif %}
    {% endfor %}
    {% for name in expected if name not in names %}
        {% do wrong.append(name ~ ' is missing') %}
    {% endfor %}
    {{ return(', row 1: ' ~ wrong | join(', ') ~ '; the columns are ' ~ expected | join(',') if wrong else none) }}
{% endmacro %}

{#
    Per seed what is asked of its columns, from the tests beside them: which must be filled (`not_null`), which words they may hold
    (`accepted_values`), in which column of another seed they stand (`relationships`) and what no two rows share (`unique`, of a column or of
    its `lower`, and `unique_combination`). The tests themselves ask after the load, and cannot
    name a row. One with a `where` is left to them.
#}
{% macro seed_demands(seeds) %}
    {% set found = {} %}
    {% for seed in seeds %}
        {% do found.update({seed.unique_id: {'filled': [], 'words': {}, 'parents': {}, 'keys': []}}) %}
    {% endfor %}
    {% for test in graph.nodes.values() if test.resource_type == 'test' and test.attached_node in found and test.test_metadata %}
        {% if test.config.where is none and test.config.severity | lower == 'error' %}
            {% set demands, name, asked = found[test.attached_node], test.test_metadata.name, test.test_metadata.kwargs %}
            {% if name == 'not_null' %}
                {% do demands.filled.append(test.column_name) %}
            {% elif name == 'accepted_values' %}
                {% do demands.words.update({test.column_name: asked['values'] | map('string') | map('replace', "'", "''") | list}) %}
            {% elif name == 'unique_combination' %}
                {% do demands['keys'].append({'columns': asked['columns'], 'is_folded': false}) %}
            {% elif name == 'unique' %}
                {% set folded = modules.re.fullmatch('lower\\((\\w+)\\)', asked['column_name']) %}
                {% do demands['keys'].append({'columns': [folded.group(1) if folded else asked['column_name']], 'is_folded': folded is not none}) %}
            {% elif name == 'relationships' %}
                {% for id in test.depends_on.nodes if id in found and id != test.attached_node %}
                    {% do demands.parents.update({test.column_name: {'seed': graph.nodes[id], 'name': asked['field']}}) %}
                {% endfor %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The columns of a seed in the order in which the file has them, with what is known of each. `meta.case` is the case
   in which it is looked up, and `meta.holds: time_zone` says that it names one. #}
{% macro seed_columns(seed, names, demands) %}
    {% set found = [] %}
    {% for name in names %}
        {% do found.append({
            'name': name,
            'type': seed_type(seed.config.column_types[name]),
            'is_required': name in demands.filled,
            'words': demands.words.get(name),
            'parent': demands.parents.get(name),
            'case': seed.columns[name].config.meta.get('case') if name in seed.columns,
            'holds': seed.columns[name].config.meta.get('holds') if name in seed.columns
        }) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#
    What a cell of a type must be, in the order in which it is asked: a form that it has, or a type that it can be cast to, and what is said
    otherwise. A form admits one way to write a value, so nothing can be read in two ways; what would be rounded is refused. None for a type
    that no seed may have.
#}
{% macro seed_type_rules(type) %}
    {% set decimal = modules.re.match('decimal\\((\\d+),(\\d+)\\)$', type) %}
    {% if type in ['string', 'varchar', 'text'] %}
        {{ return([]) }}
    {% elif type == 'date' %}
        {{ return([
            {'form': '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', 'otherwise': 'is no date; write YYYY-MM-DD'},
            {'cast': 'date', 'otherwise': 'is no day of the calendar'}
        ]) }}
    {% elif type == 'boolean' %}
        {{ return([{'form': '^(?i:true|false)$', 'otherwise': 'is neither true nor false'}]) }}
    {% elif type in ['smallint', 'integer', 'int', 'bigint'] %}
        {{ return([
            {'form': '^-?[0-9]+$', 'otherwise': 'is no whole number; write digits only'},
            {'cast': type, 'otherwise': 'is too large for ' ~ type}
        ]) }}
    {% elif type == 'double' %}
        {{ return([
            {'form': '^-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$', 'otherwise': 'is no number; write it like 1234.56'}
        ]) }}
    {% elif decimal %}
        {% set digits, scale = decimal.group(1) | int, decimal.group(2) | int %}
        {{ return([
            {'form': '^-?[0-9]+(\\.[0-9]+)?$', 'otherwise': 'is no number; write it like 1234.56'},
            {'form': '^-?0*[0-9]{0,' ~ (digits - scale) ~ '}(\\.|$)', 'otherwise': 'is too large for ' ~ type},
            {'form': '(^-?[0-9]+|\\.[0-9]{0,' ~ scale ~ '}0*)$', 'otherwise': 'has more than ' ~ scale ~ ' decimals and would be rounded'}
        ]) }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}

{% macro seed_type(type) %}
    {{ return(type | lower | replace(' ', '')) }}
{% endmacro %}

{# The first row of each file; where there is none, one row that says why. #}
{% macro seed_headers_sql(files) %}
    select
        file_id,
        encoding,
        cell
    from ({{ csv_cells(files) }}) as cells
    where line = 1 or line is null
    order by file_id, place
{% endmacro %}

{# The first faults of rows and cells, and how many there are. A row that is not whole is told once, because its cells are not where they belong. #}
{% macro seed_cells_sql(files, columns, demands, shown) %}
    {% set types = [] %}
    with

    cells as (

        select
            *,
            count(*) over (partition by file_id, line) as width,
            max(cell) over (partition by file_id, line) as fullest,
            max(case when is_torn then 1 else 0 end) over (partition by file_id, line) as has_torn
        from ({{ csv_cells(files) }}) as written
        where line > 1

    ),

    declared as (

        select * from (
            values
            {% for id, known in columns.items() %}
                {% set last_file = loop.last %}
                {% for column in known %}
                    {% do types.append(column.type) %}
                    {% set parent = column.parent if column.parent and column.parent.seed.unique_id in columns %}
            (
                '{{ id }}', {{ loop.index }}, {{ known | length }}, '{{ column.name }}', '{{ column.type }}',
                {{ column.is_required | lower }}, '{{ column.case or 'any' }}',
                '{{ parent.seed.unique_id if parent else '' }}', '{{ parent.name if parent else '' }}',
                '{{ seed_path(parent.seed) | replace("'", "''") if parent else '' }}'
            ){{ ',' if not (last_file and loop.last) }}
                {% endfor %}
            {% endfor %}
        ) as known (file_id, place, columns, name, type, is_required, letters, parent_id, parent_name, parent_path)

    ),

    keys as (

        select distinct
            cells.file_id,
            declared.name,
            cells.cell
        from cells
        inner join declared on cells.file_id = declared.file_id and cells.place = declared.place
        where (cells.file_id, declared.name) in (select parent_id, parent_name from declared)

    ),

    -- A key of one row and column holds no control character, or the row is named for that.
    row_keys as (

        {% for id in columns %}
            {% for key in demands[id]['keys'] %}
        select
            cells.file_id,
            cells.line,
            '{{ key.columns | join(', ') }}' as key_columns,
            {% for name in key.columns -%}
            coalesce(max(case when declared.name = '{{ name }}' then {{ 'lower(cells.cell)' if key.is_folded else 'cells.cell' }} end), '') || chr(31){{ ' || ' if not loop.last }}
            {%- endfor %} as row_key
        from cells
        inner join declared on cells.file_id = declared.file_id and cells.place = declared.place
        where cells.file_id = '{{ id }}'
        group by cells.file_id, cells.line
        union all
            {% endfor %}
        {% endfor %}
        select cast(null as string) as file_id, cast(null as bigint) as line, '' as key_columns, '' as row_key
        where false

    ),

    repeated as (

        select
            file_id,
            line,
            min('has the ' || key_columns || ' of row ' || cast(first_line as string) || '; only one of them can hold') as fault
        from (
            select *, min(line) over (partition by file_id, key_columns, row_key) as first_line from row_keys
        ) as numbered
        where line > first_line
        group by file_id, line

    ),

    judged as (

        select
            cells.file_id,
            cells.line,
            cells.place,
            cells.cell,
            declared.name,
            case
                when has_torn = 1 then 'has a quote out of place; a cell with a quote stands in quotes, and the quote in it twice'
                when fullest = '' then 'is empty; delete it'
                when width <> columns then 'has ' || width || ' cells where row 1 has ' || columns
                    || '; a number has a point for decimals, and a text with a comma stands in quotes'
                else repeated.fault
            end as row_fault,
            case
                when cells.cell = '' then case when is_required then 'is empty' end
                when {{ matches('cells.cell', '^[\\s\\x{00A0}]|[\\s\\x{00A0}]$') }} then 'begins or ends with a blank'
                when {{ matches('cells.cell', '[\\x{0000}-\\x{001F}\\x{007F}-\\x{009F}\\x{200B}\\x{2028}-\\x{202E}\\x{FEFF}\\x{FFFD}]') }}
                    then 'holds a character that does not print'
                when {{ matches('cells.cell', '^(#[^a-z ]+[!?]|#N/[A-Z]|#NV|#+|Err:[0-9]+)$') }} then 'is an error of the spreadsheet'
                when lower(cells.cell) = 'null' then 'is a word; leave the cell empty where there is nothing'
                {% for type in types | unique %}
                    {% for rule in seed_type_rules(type) %}
                when type = '{{ type }}' and
                    {%- if rule.form %} not {{ matches('cells.cell', rule.form) }}{% else %} try_cast(cells.cell as {{ rule.cast }}) is null{% endif %}
                    then '{{ rule.otherwise }}'
                    {% endfor %}
                {% endfor %}
                {% for id, known in columns.items() %}
                    {% for column in known if column.words %}
                when cells.file_id = '{{ id }}' and declared.name = '{{ column.name }}' and cells.cell not in ('{{ column.words | join("', '") }}')
                    then 'is none of {{ column.words | join(', ') }}'
                    {% endfor %}
                {% endfor %}
                {% for id, known in columns.items() %}
                    {% for column in known if column.holds == 'time_zone' %}
                when cells.file_id = '{{ id }}' and declared.name = '{{ column.name }}' and cells.cell not in ({{ time_zones() }})
                    then 'is no time zone of the IANA database, such as Europe/Berlin'
                    {% endfor %}
                {% endfor %}
                when letters = 'upper' and cells.cell <> upper(cells.cell) then 'is looked up in upper case; write ' || upper(cells.cell)
                when letters = 'lower' and cells.cell <> lower(cells.cell) then 'is looked up in lower case; write ' || lower(cells.cell)
                when parent_id <> '' and keys.cell is null then 'is in no row of ' || parent_path
            end as cell_fault
        from cells
        left join declared on cells.file_id = declared.file_id and cells.place = declared.place
        left join repeated on cells.file_id = repeated.file_id and cells.line = repeated.line
        left join keys on declared.parent_id = keys.file_id and declared.parent_name = keys.name and cells.cell = keys.cell

    )

    select
        file_id,
        line,
        name,
        cell,
        coalesce(row_fault, cell_fault) as fault,
        row_fault is not null as is_of_row,
        count(*) over () as faults
    from judged
    where case when row_fault is not null then place = 1 else cell_fault is not null end
    order by file_id, line, place
    limit {{ shown }}
{% endmacro %}

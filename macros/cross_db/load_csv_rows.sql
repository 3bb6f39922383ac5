{#
    dbt's own way to fill a seed, replaced where every column has a declared type. On DuckDB its fast way is a COPY that guesses the form of each
    column, of a date too: a file with 12/1/2024 for the first of December was read as if the day came first. Here each cell is the text
    that stands in the file, which on-run-start has held against the rules of seeds, cast to the declared type.

    In a project that has this one as a package dbt looks for macros of its own there only. Its slow way (`fast: false`) is used then, as on
    other engines: text from the file, cast to the declared type, without a guess, but half a minute for a table of 40,000 rows.
#}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {% set types = model.config.column_types %}
    {% if agate_table.column_names | reject('in', types) | list %}
        {{ return(dbt.duckdb__load_csv_rows(model, agate_table)) }}
    {% endif %}
    {% set sql %}
        insert into {{ this.render() }} ({{ get_seed_column_quoted_csv(model, agate_table.column_names) }})
        select
            {% for name in agate_table.column_names %}
            cast(nullif(max(case when place = {{ loop.index }} then cell end), '') as {{ types[name] }}){{ ',' if not loop.last }}
            {% endfor %}
        from ({{ csv_cells([{'id': model.unique_id, 'path': seed_file(model)}]) }}) as cells
        where line > 1
        group by line
        order by line
    {% endset %}
    {% do adapter.add_query(sql, abridge_sql_log=True) %}
    {{ return(sql) }}
{% endmacro %}

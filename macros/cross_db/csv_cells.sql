{#
    The cells of comma-separated files as they stand there, all of them text: one row per cell with `file_id`, `line` (as a spreadsheet
    counts its rows, the header being 1), `place` (1 for the first cell of its row), `is_torn` (a quote stands where none may) and `cell`.
    `encoding` is UTF-8, UTF-16 or unknown; a file that is no UTF-8, and one without a cell, has a single row with nulls.

    No engine's own reader of CSV is asked: each has its way to guess or to repair, and stops at the first fault with a page of its own. A
    match of the pattern is a cell with the comma or line end behind it; a quote that is opened and never closed takes the rest.

    `files` is a list of {id, path}.
#}
{% macro csv_cells(files) %}
{%- set pattern = '(?:"(?:[^"]|"")*"[^,\\r\\n]*|[^",\\r\\n][^,\\r\\n]*)?(?:,|\\r\\n|\\r|\\n)|(?s:.+)' -%}
with

contents as (

    {% for file in files %}
    select
        '{{ file.id }}' as file_id,
        content
    from {{ file_content(file.path) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

decoded as (

    select
        file_id,
        substr(hex(content), 1, 4) in ('FFFE', 'FEFF') as has_wide_mark,
        {{ utf8_or_null('content') }} as body
    from contents

),

-- A byte order mark before UTF-8 is no part of the first cell. The last row may lack its line end.
texts as (

    select
        file_id,
        case
            when has_wide_mark or {{ matches('body', '\\x00') }} then 'UTF-16'
            when body is null then 'unknown'
            else 'UTF-8'
        end as encoding,
        case when substr(body, 1, 1) = '{{ "\ufeff" }}' then substr(body, 2) else body end
        || case when right(body, 1) in (chr(10), chr(13)) then '' else chr(10) end as body
    from decoded

),

pieces as (

    select
        file_id,
        {{ each_with_place(all_matches('body', pattern), 'piece', 'n') }}
    from texts
    where encoding = 'UTF-8' and body <> chr(10)

),

lined as (

    select
        file_id,
        n,
        case
            when right(piece, 2) = chr(13) || chr(10) then substr(piece, 1, length(piece) - 2)
            else substr(piece, 1, length(piece) - 1)
        end as written,
        1 + count(case when right(piece, 1) in (chr(10), chr(13)) then 1 end) over (
            partition by file_id order by n rows between unbounded preceding and 1 preceding
        ) as line
    from pieces

),

cells as (

    select
        file_id,
        line,
        row_number() over (partition by file_id, line order by n) as place,
        not {{ matches('written', '^(?:[^"]*|"(?:[^"]|"")*")$') }} as is_torn,
        case
            when written like '"%"' then replace(substr(written, 2, length(written) - 2), '""', '"')
            else written
        end as cell
    from lined

)

select
    texts.file_id,
    texts.encoding,
    cells.line,
    cells.place,
    cells.is_torn,
    cells.cell
from texts
left join cells on texts.file_id = cells.file_id
{% endmacro %}

{# A relation with the bytes of one file in `content`. What stands in its path is no pattern. #}
{% macro file_content(path) -%}
    {{ return(adapter.dispatch('file_content')(path)) }}
{%- endmacro %}

{% macro default__file_content(path) -%}
    binaryFile.`{{ path }}`
{%- endmacro %}

{% macro duckdb__file_content(path) -%}
    read_blob('{{ path | replace("'", "''") | replace("[", "[[]") | replace("*", "[*]") | replace("?", "[?]") }}')
{%- endmacro %}

{# Bytes as text; null where they are no UTF-8. #}
{% macro utf8_or_null(bytes) -%}
    {{ return(adapter.dispatch('utf8_or_null')(bytes)) }}
{%- endmacro %}

{% macro default__utf8_or_null(bytes) -%}
    try_validate_utf8(cast({{ bytes }} as string))
{%- endmacro %}

{% macro duckdb__utf8_or_null(bytes) -%}
    try(decode({{ bytes }}))
{%- endmacro %}

{# All matches of a regular expression (in the dialect of `matches`) in a text, as a list in their order. #}
{% macro all_matches(text, pattern) -%}
    {{ return(adapter.dispatch('all_matches')(text, pattern)) }}
{%- endmacro %}

{% macro default__all_matches(text, pattern) -%}
    regexp_extract_all({{ text }}, r'{{ pattern }}', 0)
{%- endmacro %}

{% macro duckdb__all_matches(text, pattern) -%}
    regexp_extract_all({{ text }}, '{{ pattern }}')
{%- endmacro %}

{# Two columns of a select list, one row per item of a list: the item, and a number by which the items can be put in order again. #}
{% macro each_with_place(list, item, place) -%}
    {{ return(adapter.dispatch('each_with_place')(list, item, place)) }}
{%- endmacro %}

{% macro default__each_with_place(list, item, place) -%}
    posexplode({{ list }}) as ({{ place }}, {{ item }})
{%- endmacro %}

{% macro duckdb__each_with_place(list, item, place) -%}
    unnest({{ list }}) as {{ item }},
    generate_subscripts({{ list }}, 1) as {{ place }}
{%- endmacro %}

{#
    A relation of one column, date_day: every date from the first to the last of a relation's column, no row where it has none. For days on
    which nothing happened; `date_spine` does it for dates that are known when the SQL is written.
#}
{% macro every_day(relation, day) -%}
    {{ return(adapter.dispatch('every_day')(relation, day)) }}
{%- endmacro %}

{% macro default__every_day(relation, day) -%}
    select explode(sequence(first_day, last_day)) as date_day
    from (select min({{ day }}) as first_day, max({{ day }}) as last_day from {{ relation }}) as ends
{%- endmacro %}

{% macro duckdb__every_day(relation, day) -%}
    select cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as date_day
    from (select min({{ day }}) as first_day, max({{ day }}) as last_day from {{ relation }}) as ends
{%- endmacro %}

{# A query with the names of all time zones that the engine knows. #}
{% macro time_zones() %}
    {{ return(adapter.dispatch('time_zones')()) }}
{% endmacro %}

{% macro duckdb__time_zones() %}
    {{ return('select name from pg_timezone_names()') }}
{% endmacro %}

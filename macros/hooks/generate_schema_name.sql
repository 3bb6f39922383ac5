{# Schemas are the layers, by their plain names: staging, semantic, marts, seeds. dbt's default would prefix the target's schema. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}

{#
    One text of several, such that different ones give different texts whatever stands in them: each but the last is led by its length.
    A separator alone would make ('a|b', 'c') and ('a', 'b|c') one. Metrics, which know no macros, write the same out.
#}
{% macro glued(columns) -%}
    {%- for column in columns -%}
        {%- if not loop.last -%}
            cast(length({{ column }}) as string) || '/' || {{ column }} || '/' ||{{ ' ' }}
        {%- else -%}
            {{ column }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

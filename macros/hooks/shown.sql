{#
    A text that stands in data as one line for a terminal, without anything that a terminal acts on or that hides or turns text, and cut: a producer
    chooses the names that a build warns of. The same as `shown` in scripts/pitboss/terminal.py, for who runs dbt directly too.
#}
{% macro shown(name, most=200) -%}
    {%- set text = name | string -%}
    {%- for character in text[:most] -%}
        {%- set code = character.encode('utf-32-be').hex() -%}
        {%- if character.isprintable() -%}
            {{- character -}}
        {%- else -%}
            {{- '\\x' ~ code[6:] if code[:6] == '000000' else '\\u' ~ code[4:] if code[:4] == '0000' else '\\U' ~ code -}}
        {%- endif -%}
    {%- endfor -%}
    {{- ' ... {:,} more'.format(text | length - most) if text | length > most -}}
{%- endmacro %}

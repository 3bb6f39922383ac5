{#
    Whether a text holds a payment card number: 15 or 16 digits that begin as cards do, alone or in groups, with a valid Luhn digit. Nine
    of ten numbers of that length have none, so that an order number is seldom taken for a card. The first such number is looked at.
#}
{% macro holds_card_number(text) -%}
    {%- set shape = '(^|[^0-9A-Za-z])([3-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3,4})([^0-9A-Za-z]|$)' -%}
    {%- set number = "replace(replace(regexp_extract(" ~ text ~ ", '" ~ shape ~ "', 2), ' ', ''), '-', '')" -%}
    ({{ number }} <> '' and {{ has_luhn_digit(number) }})
{%- endmacro %}

{# Whether a number of up to 16 digits, given as text, ends in the check digit of ISO/IEC 7812: every second digit from the right doubled, its digits added. #}
{% macro has_luhn_digit(number) -%}
    (
        {%- for place in range(1, 17) %}
        {%- set digit = "cast(substr(lpad(" ~ number ~ ", 16, '0'), " ~ place ~ ", 1) as int)" %}
        {{ '+ ' if not loop.first }}
        {%- if place % 2 == 1 %}2 * {{ digit }} - case when {{ digit }} > 4 then 9 else 0 end{% else %}{{ digit }}{% endif %}
        {%- endfor %}
    ) % 10 = 0
{%- endmacro %}

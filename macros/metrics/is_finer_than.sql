{# Whether an amount has a digit finer than so many decimals (0 to 8, as the minor units of a currency); never where these are not known. #}
{% macro is_finer_than(amount, decimals) -%}
    case {{ decimals }}
        {%- for digits in range(8) %}
        when {{ digits }} then {{ amount }} != cast({{ amount }} as decimal(38, {{ digits }}))
        {%- endfor %}
        else false
    end
{%- endmacro %}

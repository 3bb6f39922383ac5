{#
    Chance that a standard normal variable exceeds z (z >= 0, a column), precise to 12 digits up to 7 (a rational approximation) and to 8
    beyond (a continued fraction): far out is where alarms are decided. Engines have no error function in common.
    Source: G. West, Better approximations to cumulative normal functions, Wilmott magazine 2005, after J. F. Hart, Computer
    Approximations, 1968.
#}
{% macro normal_tail(z) -%}
    {%- set above = [3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931, 220.206867912376] -%}
    {%- set below = [8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752] -%}
    case
        when {{ z }} > 37 then 0e0
        when {{ z }} > 7 then
            exp(-{{ z }} * {{ z }} / 2e0) / (2.506628274631e0
            * ({{ z }} + 1e0 / ({{ z }} + 2e0 / ({{ z }} + 3e0 / ({{ z }} + 4e0 / ({{ z }} + 0.65e0))))))
        else exp(-{{ z }} * {{ z }} / 2e0) * ({{ horner(z, above) }}) / ({{ horner(z, below) }})
    end
{%- endmacro %}

{# A polynomial by its coefficients, highest power first, as doubles. #}
{% macro horner(x, coefficients) -%}
    {%- set sum = namespace(text=coefficients[0] ~ '') -%}
    {%- for coefficient in coefficients[1:] -%}
        {%- set sum.text = '(' ~ sum.text ~ ') * ' ~ x ~ ' + cast(' ~ coefficient ~ ' as double)' -%}
    {%- endfor -%}
    {{ sum.text }}
{%- endmacro %}

{# Chance of a standard normal variable at least so far from 0, on either side; null for null. #}
{% macro normal_two_sided(z) -%}
    least(1e0, 2e0 * {{ normal_tail('abs(' ~ z ~ ')') }})
{%- endmacro %}

{#
    P(X > x) for X of a chi-square distribution with a whole number of degrees of freedom, a column or a number from 1 to 30; null below 1,
    above 30, or where x is null. With h = x / 2, even degrees 2m: exp(-h) * sum over k < m of h^k / k!. Odd degrees: the two-sided normal
    tail of sqrt(x) plus exp(-h) * sum over k < (degrees - 1) / 2 of h^(k + 1/2) / gamma(k + 3/2). Both are the incomplete gamma
    function by its recurrence (Abramowitz and Stegun, 26.4.4 and 26.4.5); the sums are nested, so nothing is a difference.
#}
{% macro chi_square_tail(x, degrees) -%}
    {%- set half = '(cast(' ~ x ~ ' as double) / 2e0)' -%}
    {%- set even = namespace(text='1e0') -%}
    {%- set odd = namespace(text='1e0') -%}
    {%- for k in range(14, 0, -1) -%}
        {%- set even.text = '(1e0 + case when ' ~ degrees ~ ' > ' ~ (2 * k) ~ ' then ' ~ half ~ ' / ' ~ k ~ 'e0 * ' ~ even.text ~ ' else 0e0 end)' -%}
        {%- set odd.text = '(1e0 + case when ' ~ degrees ~ ' > ' ~ (2 * k + 1) ~ ' then ' ~ half ~ ' / ' ~ k ~ '.5e0 * ' ~ odd.text ~ ' else 0e0 end)' -%}
    {%- endfor -%}
    (case
        when {{ degrees }} < 1 or {{ degrees }} > 30 then null
        when {{ x }} <= 0 then 1e0
        when {{ degrees }} in ({{ range(2, 31, 2) | join(', ') }}) then exp(-{{ half }}) * {{ even.text }}
        when {{ degrees }} in ({{ range(1, 31, 2) | join(', ') }}) then
            {{ two_sided_p('sqrt(cast(' ~ x ~ ' as double))') }}
            + case
                when {{ degrees }} > 1 then exp(-{{ half }}) * sqrt({{ half }}) * 1.1283791670955126e0 * {{ odd.text }}
                else 0e0
            end
    end)
{%- endmacro %}

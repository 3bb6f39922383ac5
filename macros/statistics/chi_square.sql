{#
    P(X > x) for X of a chi-square distribution with a whole number of degrees of freedom, a column or a number from 1 to 30; null below 1,
    above 30, or where x is null. With h = x / 2, even degrees: exp(-h) * the sum of h^k / k! for k below degrees / 2. Odd degrees: the
    two-sided normal tail of sqrt(x), plus exp(-h) * the sum of h^(k + 1/2) / gamma(k + 3/2) for k below (degrees - 1) / 2. Both are the
    incomplete gamma function by its recurrence (Abramowitz and Stegun, 26.4.4 and 26.4.5). Every term is positive, so nothing is lost.
#}
{% macro chi_square_tail(x, degrees) -%}
    {%- set half = '(cast(' ~ x ~ ' as double) / 2e0)' -%}
    {%- set gamma = namespace(whole=1.0, halves=0.886226925452758) -%}
    (case
        when {{ degrees }} < 1 or {{ degrees }} > 30 then null
        when {{ x }} <= 0 then 1e0
        when {{ degrees }} in ({{ range(2, 31, 2) | join(', ') }}) then exp(-{{ half }}) * (
            1e0
            {%- for k in range(1, 15) %}
            {%- set gamma.whole = gamma.whole * k %}
            + case when {{ degrees }} > {{ 2 * k }} then power({{ half }}, {{ k }}) / {{ gamma.whole }}e0 else 0e0 end
            {%- endfor %}
        )
        else {{ two_sided_p('sqrt(cast(' ~ x ~ ' as double))') }} + exp(-{{ half }}) * sqrt({{ half }}) * (
            0e0
            {%- for k in range(14) %}
            + case when {{ degrees }} > {{ 2 * k + 1 }} then power({{ half }}, {{ k }}) / {{ gamma.halves }}e0 else 0e0 end
            {%- set gamma.halves = gamma.halves * (k + 1.5) %}
            {%- endfor %}
        )
    end)
{%- endmacro %}

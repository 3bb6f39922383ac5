{#
    The normal distribution in plain arithmetic, because neither DuckDB nor older Spark has an error function. `z` is a column or an
    expression of doubles (it is written out some twenty times, so give a column); null gives null.

    erfc(x) for x >= 0 is t * exp(-x * x + p(2t - 1)) with t = 1 / (1 + x / 2). p is a polynomial of degree 16: the Chebyshev fit of
    ln(erfc(x) * exp(x * x) / t) over all t in (0, 1], worked out for this project from 75-digit values of erfc. Relative error below
    1e-11 from 0 out to where a double underflows (z = 37), so far tails are as good as the middle; the form, with exp(-x * x) taken out
    before anything is fitted, is that of Press et al., Numerical Recipes, section 6.2. The e0 keeps the literals doubles: without it they
    would be decimals and both engines would round.
#}
{% macro erfc_above_zero(x) -%}
    {%- set t = '(1e0 / (1e0 + (' ~ x ~ ') / 2e0))' -%}
    {%- set v = '(2e0 * ' ~ t ~ ' - 1e0)' -%}
    {%- set coefficients = [
        '-6.717940840639e-1', '6.726432239565e-1', '4.734330801947e-2', '-4.689560948544e-2', '-9.87272115321e-3', '8.824933282331e-3',
        '1.759264916068e-3', '-2.345825843671e-3', '-1.479846537964e-4', '6.739603661127e-4', '-8.858316792321e-5', '-1.755877821736e-4',
        '6.234281705426e-5', '3.469240044481e-5', '-2.076551453898e-5', '-3.725154942159e-6', '3.161065017818e-6'
    ] -%}
    ({{ t }} * exp(
        -({{ x }}) * ({{ x }})
        {%- for coefficient in coefficients %}
        + ({{ coefficient }}) * power({{ v }}, {{ loop.index0 }})
        {%- endfor %}
    ))
{%- endmacro %}

{# Share of a normal population below z standard deviations from its mean, between 0 and 1. #}
{% macro normal_cdf(z) -%}
    (case
        when {{ z }} <= 0 then 0.5e0 * {{ two_sided_p(z) }}
        when {{ z }} > 0 then 1e0 - 0.5e0 * {{ two_sided_p(z) }}
    end)
{%- endmacro %}

{# Share beyond z, P(Z > z): small values exact, where 1 - normal_cdf(z) would be 0 from z = 8.3 on. #}
{% macro normal_tail(z) -%}
    {{ normal_cdf('-(' ~ z ~ ')') }}
{%- endmacro %}

{# Chance of a z at least this far from 0 on either side: the p-value of a two-sided test. #}
{% macro two_sided_p(z) -%}
    {{ erfc_above_zero('abs(cast(' ~ z ~ ' as double)) * 0.7071067811865476e0') }}
{%- endmacro %}

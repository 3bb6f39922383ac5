{#
    What one unit of `currency` is worth in the reporting currency: the rate fixed at the source of the event when it is against that
    currency, 1 for the reporting currency itself, else the seeded rate of the day (join int_fx__rates), else null. Never 1.0 for "unknown".
#}
{% macro rate_to_base(currency, fx_rate, fx_base, seeded_rate) -%}
    case
        when {{ fx_base }} = '{{ var("reporting_currency") }}' and {{ fx_rate }} is not null then cast({{ fx_rate }} as decimal(38, 18))
        when {{ currency }} = '{{ var("reporting_currency") }}' then cast(1 as decimal(38, 18))
        else cast({{ seeded_rate }} as decimal(38, 18))
    end
{%- endmacro %}

{# Money in the reporting currency, rounded per row; null where no rate is known. #}
{% macro to_base(amount, rate) -%}
    cast({{ product_or_null(amount, rate) }} as decimal(38, 4))
{%- endmacro %}

{#
    A sum that is null as soon as one amount is null. `sum` skips nulls, so a day with one amount of unknown rate would look
    complete and too small. 0 for no rows at all is the caller's choice.
#}
{% macro sum_known(amount) -%}
    case when count(*) = count({{ amount }}) then cast(sum({{ amount }}) as decimal(38, 4)) end
{%- endmacro %}

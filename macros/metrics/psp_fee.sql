{#
    What a payment provider takes for a payment by its seeded tariff: a share of the amount and a fixed part, which is added only where
    it is in the payment's own currency. Null without a tariff: not knowing a fee is not the same as paying none.
#}
{% macro psp_fee(amount, currency, tariff) -%}
    {{ product_or_null(amount, tariff ~ '.rate') }}
    + case when {{ currency }} = {{ tariff }}.fixed_currency then {{ tariff }}.fixed_amount else 0 end
{%- endmacro %}

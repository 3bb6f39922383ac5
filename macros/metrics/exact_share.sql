{#
    A seeded share (at most 6 decimals) of money (4 decimals) with all its 10 decimals, so that sums of shares do not depend on how the
    rows were grouped; whoever shows it rounds it, once. Amounts below 10^24 fit, which no sum of event money reaches.
#}
{% macro exact_share(amount, share) -%}
    cast(cast({{ amount }} as decimal(28, 4)) * cast({{ share }} as decimal(9, 6)) as decimal(38, 10))
{%- endmacro %}

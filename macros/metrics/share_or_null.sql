{#
    A seeded share (at most 6 decimals) of money (8 decimals) with all its 14 decimals, so that sums of shares do not depend on how the
    rows were grouped; whoever shows it rounds it, once. Null, as the name says, for amounts of 10^20 and more.
#}
{% macro share_or_null(amount, share) -%}
    case
        when abs({{ amount }}) < 100000000000000000000
            then cast(cast({{ amount }} as decimal(28, 8)) * cast({{ share }} as decimal(9, 6)) as decimal(38, 14))
    end
{%- endmacro %}

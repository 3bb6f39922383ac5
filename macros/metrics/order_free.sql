{#
    A sum of doubles depends on the order of its rows from the sixteenth digit on, and two builds of the same data would differ. These sums do
    not: each value is a fraction of a scale, a power of two, kept to 20 decimals and added up as a decimal. Null without any value.

        with scaled as (select *, {{ scale_of('x', 'g') }} as x_scale from t)
        select g, {{ order_free_sum('x', 'x_scale') }} as total from scaled group by g

    `scale_of` is a window expression over the groups that `within` names; null where every value is 0, and then the sum is 0.
    `order_free_sum` is an aggregate; the scale must be the same in all rows of its group, and hold for a product as a product.
#}
{% macro scale_of(value, within) -%}
    power(2e0, ceil(log2(nullif(max(abs({{ value }})) over (partition by {{ within }}), 0))))
{%- endmacro %}

{% macro order_free_sum(value, scale) -%}
    case
        when max({{ scale }}) is not null
            then cast(sum(cast({{ ratio(value, scale) }} as decimal(38, 20))) as double) * max({{ scale }})
        when count({{ value }}) > 0 then 0e0
    end
{%- endmacro %}

{#
    a - b of two doubles that were worked out in different ways, 0 where they differ by no more than their last digits: what is left over then is
    the rounding of a division, and a spread made of it would look like certainty.
#}
{% macro difference_beyond_rounding(a, b) -%}
    case when abs({{ a }} - {{ b }}) > 1e-12 * abs({{ a }}) then {{ a }} - {{ b }} when {{ a }} - {{ b }} is not null then 0e0 end
{%- endmacro %}

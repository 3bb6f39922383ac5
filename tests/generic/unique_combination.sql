{#
    The grain of a model: no two rows with the same values in `columns`. `group by` puts nulls together, so two rows that are null
    in a key column and equal in the rest are found as well, which `unique` on a concatenation would miss.
#}
{% test unique_combination(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as copies
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}

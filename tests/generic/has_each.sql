{# Each of the values has a row: what is looked up under it would be missing without a word. #}
{% test has_each(model, column_name, values) %}

select wanted.value
from (values {% for value in values %}('{{ value }}'){{ ', ' if not loop.last }}{% endfor %}) as wanted (value)
left join {{ model }} as listed on wanted.value = listed.{{ column_name }}
where listed.{{ column_name }} is null

{% endtest %}

{# An amount, a count or a duration that can never be below zero. Nulls pass: not_null says the other thing. #}
{% test not_negative(model, column_name) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} < 0

{% endtest %}

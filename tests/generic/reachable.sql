{#
    Every row of a seed can be reached: something could read it, and all of it, as `when` says. A row that nothing ever reads is a mistake,
    because whoever wrote it believes that it does something.
#}
{% test reachable(model, when) %}

select *
from {{ model }}
where not coalesce({{ when }}, false)

{% endtest %}

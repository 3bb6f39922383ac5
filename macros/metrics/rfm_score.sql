{#
    A score from 1 (worst) to 5 (best) by rank among all rows, integer: least(5, 1 + floor(5 x percent_rank)). Equal values score equally,
    which ntile, made for equal sizes, does not do: it gave identical customers three different scores. Null scores null.

        {{ rfm_score('frequency') }}, {{ rfm_score('recency_days', best='low') }}

    `within` names columns (a string, comma separated) whose groups are ranked apart.
#}
{% macro rfm_score(value, best='high', within=none) -%}
    {%- if best not in ['high', 'low'] -%}{{ exceptions.raise_compiler_error("rfm_score: best is high or low, not " ~ best) }}{%- endif -%}
    case
        when {{ value }} is not null then cast(least(5, 1 + floor(5 * percent_rank() over (
            partition by {% if within %}{{ within }}, {% endif %}case when {{ value }} is null then 0 else 1 end
            order by {{ value }}{{ ' desc' if best == 'low' }}
        ))) as integer)
    end
{%- endmacro %}

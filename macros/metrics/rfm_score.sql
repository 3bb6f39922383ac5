{#
    A score from 1 (worst) to 5 (best) by mid-rank among all rows, integer. The mid-rank of a row is the share of rows that are worse plus half
    the share of those that are equal, itself among them; the score is least(5, 1 + floor(5 x mid-rank)). So equal values score equally, the best
    group is not called middling because it is large, and rows that are all alike score 3. Null scores null.

        {{ rfm_score('frequency') }}, {{ rfm_score('recency_days', best='low') }}

    `within` names columns (a string, comma separated) whose groups are ranked apart. Only one division, of whole numbers: its floor is exact
    also where 5 x mid-rank is a whole number, which a share in between would miss.
#}
{% macro rfm_score(value, best='high', within=none) -%}
    {%- if best not in ['high', 'low'] -%}{{ exceptions.raise_compiler_error("rfm_score: best is high or low, not " ~ best) }}{%- endif -%}
    {%- set group = (within ~ ', ' if within else '') ~ 'case when ' ~ value ~ ' is null then 0 else 1 end' -%}
    {%- set worse = '(rank() over (partition by ' ~ group ~ ' order by ' ~ value ~ (' desc' if best == 'low' else '') ~ ') - 1)' -%}
    {%- set equal = 'count(*) over (partition by ' ~ group ~ ', ' ~ value ~ ')' -%}
    {%- set all = 'count(*) over (partition by ' ~ group ~ ')' -%}
    case
        when {{ value }} is not null
            then cast(least(5, 1 + floor({{ ratio('5 * (2 * ' ~ worse ~ ' + ' ~ equal ~ ')', '2 * ' ~ all) }})) as integer)
    end
{%- endmacro %}

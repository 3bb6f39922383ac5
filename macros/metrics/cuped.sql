{#
    CUPED (Deng, Xu, Kohavi, Walker 2013): a metric freed of what its value before the experiment already said. With Y the metric and X the
    same metric before exposure, theta = cov(X, Y) / var(X) over all arms together, and Y' = Y - theta (X - mean X). The mean of Y' estimates
    the same effect; its variance is (1 - rho^2) times that of Y.

    `cuped` gives Y' of each row, `cuped_theta` theta, both as window expressions; `within` names the columns (a string, comma separated) that
    one experiment and metric share, never the arm. `cuped_variance_ratio` is an aggregate: (1 - rho^2). A row without X, or a constant X,
    is left as it is: X = mean X says nothing.

        select *, {{ cuped('value', 'value_before', 'experiment, metric') }} as adjusted_value from player_metrics
#}
{% macro cuped(value, before, within) -%}
    (
        {{ value }} - coalesce(
            {{ cuped_theta(value, before, within) }}
            * ({{ before }} - avg(case when {{ value }} is not null then {{ before }} end) over (partition by {{ within }})), 0
        )
    )
{%- endmacro %}

{% macro cuped_theta(value, before, within) -%}
    {{ ratio(
        'covar_pop(' ~ value ~ ', ' ~ before ~ ') over (partition by ' ~ within ~ ')',
        'var_pop(case when ' ~ value ~ ' is not null then ' ~ before ~ ' end) over (partition by ' ~ within ~ ')'
    ) }}
{%- endmacro %}

{% macro cuped_variance_ratio(value, before) -%}
    (1 - coalesce({{ ratio(
        'covar_pop(' ~ value ~ ', ' ~ before ~ ') * covar_pop(' ~ value ~ ', ' ~ before ~ ')',
        'var_pop(' ~ value ~ ') * var_pop(' ~ before ~ ')'
    ) }}, 0))
{%- endmacro %}

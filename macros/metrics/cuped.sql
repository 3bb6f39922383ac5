{#
    CUPED (Deng, Xu, Kohavi, Walker 2013): a metric freed of what its value before the experiment already said. With Y the metric and X the
    same metric before exposure, theta = cov(X, Y) / var(X) over all arms together, and Y' = Y - theta (X - mean X). The mean of Y' estimates
    the same effect; its variance is (1 - rho^2) times that of Y.

    `cuped_theta` is theta as an aggregate over the rows of one metric, never of one arm; the scales are those of `scale_of` over the same rows,
    so that theta does not depend on their order. 0 for a constant X: X = mean X says nothing.

        with scaled as (select *, {{ scale_of('y', 'metric') }} as y_scale, {{ scale_of('x', 'metric') }} as x_scale from t)
        select metric, {{ cuped_theta('y', 'x', 'y_scale', 'x_scale') }} as theta from scaled group by metric
#}
{% macro cuped_theta(value, before, value_scale, before_scale) -%}
    {%- set both = 'case when ' ~ value ~ ' is not null and ' ~ before ~ ' is not null then ' -%}
    {%- set y, x = both ~ value ~ ' end', both ~ before ~ ' end' -%}
    {%- set n = 'count(' ~ both ~ '1 end)' -%}
    {%- set sum_y, sum_x = order_free_sum(y, value_scale), order_free_sum(x, before_scale) -%}
    {%- set sum_xy = order_free_sum(both ~ value ~ ' * ' ~ before ~ ' end', value_scale ~ ' * ' ~ before_scale) -%}
    {%- set sum_xx = order_free_sum(both ~ before ~ ' * ' ~ before ~ ' end', before_scale ~ ' * ' ~ before_scale) -%}
    coalesce({{ ratio(
        n ~ ' * (' ~ sum_xy ~ ') - (' ~ sum_x ~ ') * (' ~ sum_y ~ ')', n ~ ' * (' ~ sum_xx ~ ') - (' ~ sum_x ~ ') * (' ~ sum_x ~ ')'
    ) }}, 0e0)
{%- endmacro %}

{%- set metric = 'experiment, metric' -%}
{%- set arm = 'experiment, metric, variant' -%}
with

players as (

    select * from {{ ref('int_experiments__player_metrics') }}

),

pooled as (

    select
        {{ metric }},
        {{ ratio('sum(counted_before)', 'sum(per_before)') }} as rate_before,
        {{ ratio('sum(per_before)', 'count(per_before)') }} as mean_per_before
    from players
    group by {{ metric }}

),

rates as (

    select
        {{ arm }},
        {{ ratio('sum(counted)', 'sum(per)') }} as rate,
        {{ ratio('sum(per)', 'count(per)') }} as mean_per
    from players
    group by {{ arm }}

),

-- Delta method: a rate of two sums is replaced by its linear part around the rate of the arm. The mean of that is the
-- rate, its variance that of the rate; for a metric per player it is the player's own value. The covariate likewise,
-- but around the rate of all players, so that its mean is 0.
linear as (

    select
        {{ arm }},
        players.is_guardrail,
        rates.rate,
        {{ ratio(
            difference_beyond_rounding('cast(players.counted as double)', 'rates.rate * cast(players.per as double)'),
            'rates.mean_per'
        ) }} as deviation,
        case
            when players.counted is null then null
            else coalesce({{ ratio(
                difference_beyond_rounding(
                    'cast(players.counted_before as double)',
                    'pooled.rate_before * cast(players.per_before as double)'
                ),
                'pooled.mean_per_before'
            ) }}, 0e0)
        end as covariate
    from players
    inner join rates using ({{ arm }})
    inner join pooled using ({{ metric }})

),

scaled as (

    select
        *,
        rate + deviation as outcome,
        {{ scale_of('rate + deviation', metric) }} as outcome_scale,
        {{ scale_of('covariate', metric) }} as covariate_scale,
        {{ scale_of('deviation', arm) }} as deviation_scale
    from linear

),

thetas as (

    select
        {{ metric }},
        {{ cuped_theta('outcome', 'covariate', 'outcome_scale', 'covariate_scale') }} as theta,
        {{ ratio(order_free_sum('covariate', 'covariate_scale'), 'count(covariate)') }} as all_before
    from scaled
    group by {{ metric }}

),

means as (

    select
        {{ arm }},
        {{ ratio(order_free_sum('covariate', 'covariate_scale'), 'count(covariate)') }} as arm_before
    from scaled
    group by {{ arm }}

),

-- What is left of a player's deviation once the part is out that was there before.
adjusted as (

    select
        scaled.*,
        thetas.theta * (means.arm_before - thetas.all_before) as known_before,
        {{ difference_beyond_rounding('deviation', 'thetas.theta * (covariate - means.arm_before)') }} as residual
    from scaled
    inner join thetas using ({{ metric }})
    inner join means using ({{ arm }})

),

rescaled as (

    select
        *,
        {{ scale_of('residual', arm) }} as residual_scale
    from adjusted

),

arms as (

    select
        {{ arm }},
        is_guardrail,
        count(deviation) as players,
        max(rate) as mean,
        max(rate - known_before) as adjusted_mean,
        {{ ratio(
            order_free_sum('deviation * deviation', 'deviation_scale * deviation_scale'), 'count(deviation) - 1'
        ) }} as variance,
        {{ ratio(
            order_free_sum('residual * residual', 'residual_scale * residual_scale'), 'count(residual) - 1'
        ) }} as adjusted_variance
    from rescaled
    group by {{ arm }}, is_guardrail

)

select * from arms

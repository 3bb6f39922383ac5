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
        avg(per_before) as mean_per_before
    from players
    group by {{ metric }}

),

rates as (

    select
        {{ arm }},
        {{ ratio('sum(counted)', 'sum(per)') }} as rate,
        avg(per) as mean_per
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
        rates.rate + {{ ratio('players.counted - rates.rate * players.per', 'rates.mean_per') }} as outcome,
        case
            when players.counted is null then null
            else coalesce({{ ratio(
                'players.counted_before - pooled.rate_before * players.per_before',
                'pooled.mean_per_before'
            ) }}, 0)
        end as covariate
    from players
    inner join rates using ({{ arm }})
    inner join pooled using ({{ metric }})

),

adjusted as (

    select
        *,
        {{ cuped('outcome', 'covariate', metric) }} as adjusted
    from linear

),

-- Sums of doubles depend on the order of the rows from the sixteenth digit on; twelve places do not.
arms as (

    select
        {{ arm }},
        is_guardrail,
        count(outcome) as players,
        round(avg(outcome), 12) as mean,
        round(avg(adjusted), 12) as adjusted_mean,
        round(var_samp(outcome), 12) as variance,
        round(var_samp(adjusted), 12) as adjusted_variance
    from adjusted
    group by {{ arm }}, is_guardrail

)

select * from arms

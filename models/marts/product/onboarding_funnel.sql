with

steps as (

    select
        *,
        {{ glued(['brand', 'visitor_id']) }} as newcomer
    from {{ ref('fct_onboarding_steps') }}
    where not is_ahead

),

counted as (

    select
        gaming_day,
        step,
        min(step_index) as step_index,
        count(distinct newcomer) as entered,
        count(distinct case when result = 'completed' then newcomer end) as completed,
        count(distinct case when result = 'failed' then newcomer end) as failed,
        sum(paywalls) as paywalls,
        {{ percentile("case when result = 'completed' then duration_ms * 0.001 end", 0.5) }} as median_seconds
    from steps
    group by gaming_day, step

),

funnel as (

    select

        ---------- grain
        gaming_day as day,
        cast(step as string) as step,

        ---------- newcomers
        cast(step_index as bigint) as step_index,
        cast(entered as bigint) as entered,
        cast(completed as bigint) as completed,
        cast(failed as bigint) as failed,
        cast(paywalls as bigint) as paywalls,

        ---------- how well
        cast({{ ratio('completed', 'entered') }} as double) as completion_rate,
        cast(median_seconds as double) as median_seconds

    from counted

)

select * from funnel

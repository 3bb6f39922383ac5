with

steps as (

    select * from {{ ref('int_acquisition__steps') }} where not is_ahead

),

counted as (

    select
        cohort_day,
        channel,
        campaign_id,
        creative_id,
        step_index,
        step,
        count(*) as entered,
        count(case when is_reached then 1 end) as players,
        count(case when is_implied then 1 end) as implied,
        count(case when is_previous_reached then 1 end) as previous_players,
        count(case when is_previous_told then 1 end) as previous_told,
        count(case when is_transition_told then 1 end) as transitions_told,
        max(case when is_first then 1 else 0 end) = 1 as is_first,
        {{ percentile('transition_ms', 0.5) }} as p50_ms,
        {{ percentile('transition_ms', 0.95) }} as p95_ms
    from steps
    group by 1, 2, 3, 4, 5, 6

),

funnel as (

    select

        ---------- grain
        cohort_day,
        cast(channel as string) as channel,
        cast(campaign_id as string) as campaign_id,
        cast(creative_id as string) as creative_id,
        cast(step_index as bigint) as step_index,
        cast(step as string) as step,

        ---------- players
        cast(players as bigint) as players,
        cast(implied as bigint) as implied,
        cast(entered as bigint) as entered,
        cast(case when not is_first then previous_players end as bigint) as previous_players,
        cast(case when is_first then 0 else previous_players - players end as bigint) as leaked,

        ---------- rates
        {{ ratio('transitions_told', 'previous_told') }} as conversion_from_previous,
        {{ ratio('players', 'entered') }} as conversion_from_first,

        ---------- times
        {{ ratio('p50_ms', 1000) }} as p50_seconds,
        {{ ratio('p95_ms', 1000) }} as p95_seconds

    from counted

)

select * from funnel

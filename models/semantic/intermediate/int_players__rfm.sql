{{ config(materialized='table') }}

with

player_days as (

    select * from {{ ref('int_players__days') }} where settled_bets > 0

),

-- Expected revenue, because what was won is luck. A bet on a game whose return nobody knows has its stake instead.
played as (

    select
        brand,
        player_id,
        {{ days_between('max(gaming_day)', 'max(latest_gaming_day)') }} as recency_days,
        count(*) as frequency,
        {{ sum_known('worth_base') }} as monetary
    from player_days
    where {{ days_between('gaming_day', 'latest_gaming_day') }} < 90
    group by
        brand,
        player_id

),

-- Quintiles by rank, not by equal shares of rows: players who are alike score alike.
scored as (

    select
        brand,
        player_id,
        recency_days,
        frequency,
        monetary,
        {{ rfm_score('recency_days', best='low') }} as r,
        {{ rfm_score('frequency') }} as f,
        {{ rfm_score('coalesce(monetary, 0)') }} as m
    from played

),

weighed as (

    select
        *,
        round({{ ratio('f + m', 2) }}) as fm
    from scored

),

-- The published ranges overlap, so the first that fits holds. `new` and `lost` lie wholly within segments before them.
segmented as (

    select
        *,
        case
            when r >= 4 and fm >= 4 then 'champions'
            when r >= 2 and fm >= 3 then 'loyal'
            when r >= 3 and fm <= 3 then 'potential_loyal'
            when r >= 4 and fm <= 1 then 'new'
            when r between 2 and 3 and fm between 2 and 3 then 'need_attention'
            when r <= 2 and fm >= 2 then 'at_risk'
            when r <= 2 and fm <= 2 then 'hibernating'
            else 'lost'
        end as segment
    from weighed

),

actions as (

    select * from {{ ref('segment_actions') }}

),

suppressions as (

    select * from {{ ref('int_players__suppressions') }}

),

rfm as (

    select

        ---------- ids
        segmented.brand,
        segmented.player_id,

        ---------- measures
        segmented.recency_days,
        segmented.frequency,
        segmented.monetary,

        ---------- scores
        segmented.r,
        segmented.f,
        segmented.m,

        ---------- what follows
        segmented.segment,
        case
            when suppressions.reason is null then coalesce(actions.offer, 'none')
            else 'none'
        end as offer,
        coalesce(actions.limit_advice, 'none') as limit_advice,
        suppressions.reason as suppression_reason,
        suppressions.reason is not null as suppressed

    from segmented

    left join actions on segmented.segment = actions.segment

    left join suppressions
        on segmented.brand = suppressions.brand and segmented.player_id = suppressions.player_id

)

select * from rfm

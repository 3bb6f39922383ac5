-- Who are the players, what are they worth, and to whom may anything be offered? One row per segment of recency,
-- frequency and worth, the most valuable first. `suppressed_share` is what marketing must leave alone; `worth_share`
-- says how much rests on how few.
with

segments as (

    select * from {{ ref('rfm_segments') }}

),

grouped as (

    select
        segment,
        count(*) as players,
        sum(monetary) as worth,
        {{ percentile('recency_days', 0.5) }} as median_recency_days,
        {{ percentile('frequency', 0.5) }} as median_frequency,
        sum(case when suppressed then 1 else 0 end) as suppressed,
        sum(case when offer != 'none' then 1 else 0 end) as with_offer,
        sum(case when limit_advice != 'none' then 1 else 0 end) as with_limit_advice
    from segments
    group by segment

),

shares as (

    select
        *,
        {{ ratio('players', 'sum(players) over ()') }} as player_share,
        {{ ratio('worth', 'sum(worth) over ()') }} as worth_share,
        {{ ratio('suppressed', 'players') }} as suppressed_share
    from grouped

)

select * from shares
order by worth desc, segment asc

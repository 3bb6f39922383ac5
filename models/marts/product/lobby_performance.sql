with

events as (

    select * from {{ ref('fct_lobby_events') }} where not is_ahead

),

counted as (

    select
        gaming_day,
        lobby_id,
        category,
        game_id,
        count(case when event = 'impression' then 1 end) as impressions,
        count(case when event = 'click' then 1 end) as clicks,
        count(case when event = 'launch' and is_ok then 1 end) as launches,
        count(case when event = 'launch' and not is_ok then 1 end) as failed_launches,
        count(first_bet_at) as first_bets,
        {{ percentile('seconds_to_bet', 0.5) }} as median_seconds_to_bet
    from events
    group by gaming_day, lobby_id, category, game_id

),

performance as (

    select

        ---------- grain
        gaming_day,
        cast(lobby_id as string) as lobby_id,
        cast(category as string) as category,
        cast(game_id as string) as game_id,

        ---------- from seen to played
        cast(impressions as bigint) as impressions,
        cast(clicks as bigint) as clicks,
        cast(launches as bigint) as launches,
        cast(failed_launches as bigint) as failed_launches,
        cast(first_bets as bigint) as first_bets,

        ---------- how well
        cast({{ ratio('clicks', 'impressions') }} as double) as ctr,
        cast(median_seconds_to_bet as double) as median_seconds_to_bet

    from counted

)

select * from performance

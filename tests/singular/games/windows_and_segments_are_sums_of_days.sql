-- A window is the sum of its days, by tables and by segments alike: three marts, one set of bets.
with

windows as (

    select
        game_id,
        rtp_variant,
        window_days,
        as_of_day,
        sum(bets) as bets,
        sum(handle) as handle,
        sum(payout) as payout
    from {{ ref('rtp_windows') }}
    group by game_id, rtp_variant, window_days, as_of_day

),

days as (

    select
        windows.game_id,
        windows.rtp_variant,
        windows.window_days,
        sum(daily.bets) as bets,
        sum(daily.handle) as handle,
        sum(daily.payout) as payout
    from windows
    inner join {{ ref('rtp_daily') }} as daily
        on
            windows.game_id = daily.game_id
            and windows.rtp_variant = daily.rtp_variant
            and windows.as_of_day >= daily.gaming_day
            and windows.as_of_day - cast(windows.window_days as int) < daily.gaming_day
    group by windows.game_id, windows.rtp_variant, windows.window_days

),

games as (

    select
        game_id,
        window_days,
        sum(bets) as bets,
        sum(payout) as payout
    from windows
    group by game_id, window_days

),

segments as (

    select
        game_id,
        window_days,
        sum(bets) as bets,
        sum(payout) as payout
    from {{ ref('rtp_by_segment') }}
    group by game_id, window_days

)

select
    'days' as compared,
    windows.game_id,
    windows.window_days
from windows
left join days using (game_id, rtp_variant, window_days)
where
    windows.bets <> coalesce(days.bets, -1)
    or windows.handle <> coalesce(days.handle, -1)
    or windows.payout <> coalesce(days.payout, -1)

union all

select
    'segments' as compared,
    game_id,
    window_days
from games
full outer join segments using (game_id, window_days)
where
    coalesce(games.bets, -1) <> coalesce(segments.bets, -1)
    or coalesce(games.payout, -1) <> coalesce(segments.payout, -1)

with

days as (

    select * from {{ ref('int_games__return_days') }}

),

windowed as (

    {{ in_windows('days') }}

),

summed as (

    select
        window_days,
        as_of_day,
        game_id,
        provider_id,
        segment,
        {{ rtp_sums() }}
    from windowed
    group by window_days, as_of_day, game_id, provider_id, segment

),

returned as (

    select
        *,
        {{ ratio('payout - jackpot_payout', 'handle') }} as base_rtp,
        case when unstated_bets = 0 then {{ ratio('expected_payout', 'handle') }} end as rtp_theoretical,
        sqrt(cast(squared_stakes as double)) as root_of_squares
    from summed

),

varied as (

    select
        *,
        {{ rtp_volatility() }} as volatility
    from returned

),

segments as (

    select

        ---------- grain
        cast(window_days as bigint) as window_days,
        as_of_day,
        cast(game_id as string) as game_id,
        cast(provider_id as string) as provider_id,
        cast(segment as string) as segment,

        ---------- play
        cast(bets as bigint) as bets,
        cast(left_out_bets as bigint) as left_out_bets,

        ---------- money in the reporting currency
        cast(handle as decimal(38, 4)) as handle,
        cast(payout as decimal(38, 4)) as payout,
        cast(jackpot_payout as decimal(38, 4)) as jackpot_payout,

        ---------- return
        cast({{ ratio('payout', 'handle') }} as double) as rtp,
        cast(base_rtp as double) as base_rtp,
        cast(rtp_theoretical as double) as rtp_theoretical,
        cast(volatility as double) as volatility,
        cast(volatility * {{ ratio('root_of_squares', 'handle') }} as double) as standard_error

    from varied

)

select * from segments

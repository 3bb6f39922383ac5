with

bets as (

    select * from {{ ref('fct_bets') }} where is_counted

),

games as (

    select
        gaming_day,
        cast(game_id as string) as game_id,
        cast(currency as string) as currency,
        {{ handle('bets') }} as handle,
        {{ payout('bets') }} as payout,
        {{ ggr('bets') }} as ggr,
        cast({{ counted_bets('bets') }} as bigint) as bets,
        cast({{ hold('bets') }} as double) as hold
    from bets
    group by gaming_day, game_id, currency

)

select * from games

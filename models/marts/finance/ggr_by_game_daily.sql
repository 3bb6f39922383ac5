with

bets as (

    select * from {{ ref('fct_bets') }}

),

games as (

    select
        gaming_day,
        cast(game_id as string) as game_id,
        cast(currency as string) as currency,
        {{ handle() }} as handle,
        {{ payout() }} as payout,
        {{ ggr() }} as ggr,
        cast({{ counted_bets() }} as bigint) as bets,
        cast({{ hold() }} as double) as hold
    from bets
    group by gaming_day, game_id, currency

)

select * from games

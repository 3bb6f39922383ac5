{{ config(group='core', severity='warn') }}
-- More was refunded in parts than was ever staked. The warehouse caps it at the stake; somebody paid the rest.
with

sent as (

    {{ one_effect_per_key(
        ref('stg_gameplay__refunds'),
        ['brand', 'player_id', 'round_id', 'bet_id', 'event_id']
    ) }}

),

refunds as (

    select
        brand,
        player_id,
        round_id,
        bet_id,
        currency,
        sum(amount) as refunded_amount
    from sent
    where
        partial
        and bet_id is not null
    group by
        brand,
        player_id,
        round_id,
        bet_id,
        currency

)

select
    refunds.brand,
    refunds.player_id,
    refunds.round_id,
    refunds.bet_id,
    refunds.refunded_amount,
    bets.stake_amount
from refunds
inner join {{ ref('fct_bets') }} as bets
    on
        refunds.brand = bets.brand
        and refunds.player_id = bets.player_id
        and refunds.round_id = bets.round_id
        and refunds.bet_id = bets.bet_id
        and refunds.currency = bets.currency
where refunds.refunded_amount > bets.stake_amount

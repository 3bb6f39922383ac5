-- Two clocks, one money: what was booked of a bet over its days is what the bet is worth today.
with

booked as (

    select
        brand,
        player_id,
        issuer_id,
        round_id,
        bet_id,
        sum(handle_amount) as handle_amount,
        sum(settled_amount) as settled_amount,
        sum(payout_amount) as payout_amount,
        sum(settled_bonus_amount) as settled_bonus_amount,
        sum(bonus_payout_amount) as bonus_payout_amount,
        sum(settled_base - payout_base) as ggr_base
    from {{ ref('int_bets__bookings') }}
    group by
        brand,
        player_id,
        issuer_id,
        round_id,
        bet_id

)

select
    booked.*,
    bets.status,
    bets.handle_amount as handle_of_bet,
    bets.payout_amount as payout_of_bet
from booked
left join {{ ref('fct_bets') }} as bets using (brand, player_id, issuer_id, round_id, bet_id)
where
    bets.bet_id is null
    or booked.handle_amount <> bets.handle_amount
    or booked.settled_amount <> bets.handle_amount - bets.open_stake_amount
    or booked.payout_amount <> bets.payout_amount
    or booked.settled_bonus_amount <> case when bets.is_settled then bets.bonus_stake_amount else 0 end
    or booked.bonus_payout_amount <> bets.bonus_payout_amount
    or booked.ggr_base <> bets.ggr_base

with

bets as (

    select * from {{ ref('fct_bets') }} where is_counted

),

movements as (

    select * from {{ ref('int_payments__booked_movements') }}

),

settlement_events as (

    select * from {{ ref('stg_gameplay__settlements') }}

),

paid_bets as (

    select distinct brand, player_id, round_id, bet_id from movements where entity = 'bet' and direction = 'debit'

),

-- A bet has its movement when a debit names it, or names its round without a bet.
fed_bets as (

    select
        bets.*,
        bets.handle_amount > bets.bonus_stake_amount
        and by_bet.round_id is null
        and by_round.round_id is null as lacks_movement
    from bets
    left join paid_bets as by_bet
        on
            bets.brand = by_bet.brand
            and bets.player_id = by_bet.player_id
            and bets.round_id = by_bet.round_id
            and bets.bet_id = by_bet.bet_id
    left join paid_bets as by_round
        on
            bets.brand = by_round.brand
            and bets.player_id = by_round.player_id
            and bets.round_id = by_round.round_id
            and by_round.bet_id is null

),

settlements as (

    {{ settlements_once('settlement_events') }}

),

open_rounds as (

    select brand, player_id, round_id, min(bet_id) as bet_id, currency, wallet_type, min(gaming_day) as gaming_day
    from bets
    where not is_settled
    group by brand, player_id, round_id, currency, wallet_type

),

-- Paid into a round that has not ended: it has reached the wallet and is no payout yet.
part_payouts as (

    select open_rounds.gaming_day, open_rounds.currency, open_rounds.wallet_type, settlements.payout_amount
    from settlements
    inner join open_rounds
        on
            settlements.brand = open_rounds.brand
            and settlements.player_id = open_rounds.player_id
            and settlements.round_id = open_rounds.round_id
            and settlements.currency = open_rounds.currency
            and coalesce(settlements.bet_id, open_rounds.bet_id) = open_rounds.bet_id

),

lines as (

    ---------- from the bets
    select gaming_day, currency, 'ggr' as line, ggr_amount as amount from fed_bets
    union all
    select gaming_day, currency, 'bonus_stakes' as line, bonus_stake_amount as amount from fed_bets where is_settled
    union all
    select gaming_day, currency, 'stated_bonus_wins' as line, bonus_payout_amount as amount from fed_bets where is_settled
    union all
    select gaming_day, currency, 'open_cash_stakes' as line, open_stake_amount - bonus_stake_amount as amount
    from fed_bets
    where not is_settled
    union all
    select gaming_day, currency, 'open_bonus_stakes' as line, bonus_stake_amount as amount from fed_bets where not is_settled
    union all
    select gaming_day, currency, 'bets_without_movement' as line, 1 as amount from fed_bets where lacks_movement
    union all
    select gaming_day, currency, 'bets_in_two_currencies' as line, 1 as amount from fed_bets where has_currency_mismatch
    union all
    select
        gaming_day,
        currency,
        case when wallet_type = 'bonus' then 'open_bonus_payouts' else 'open_cash_payouts' end as line,
        payout_amount as amount
    from part_payouts

    ---------- from the bonus events and the payments
    union all
    select gaming_day, currency, 'bonus_' || kind as line, amount from {{ ref('int_bonuses__costs') }}
    union all
    select gaming_day, currency, 'deposits' as line, amount from {{ ref('fct_deposits') }}
    union all
    select gaming_day, currency, 'withdrawals' as line, amount from {{ ref('fct_withdrawals') }}

    ---------- from the wallets
    union all
    select gaming_day, currency, 'movements' as line, 1 as amount from movements
    union all
    select gaming_day, currency, wallet || '_moved_by_' || entity as line, signed_amount as amount from movements
    union all
    select gaming_day, currency, 'moved_bonus_wins' as line, signed_amount as amount
    from movements
    where
        wallet = 'bonus'
        and entity = 'bet'
        and (ref_type in ('payout', 'jackpot') or (ref_type = 'void' and direction = 'debit'))

),

summed as (

    select
        gaming_day,
        currency,
        line,
        cast(sum(amount) as decimal(38, 4)) as amount
    from lines
    where currency is not null
    group by
        gaming_day,
        currency,
        line

)

select * from summed

{{ config(materialized='table') }}

with

movements as (

    select * from {{ ref('fct_wallet_movements') }} where not is_conflict

),

settlement_txns as (

    select
        brand,
        txn_id,
        min(player_id) as player_id,
        min(round_id) as round_id
    from {{ ref('stg_gameplay__settlements') }}
    where txn_id is not null
    group by
        brand,
        txn_id

),

bets as (

    select brand, player_id, bet_id, min(round_id) as round_id, min(gaming_day) as gaming_day
    from {{ ref('fct_bets') }}
    group by brand, player_id, bet_id

),

rounds as (

    select brand, player_id, round_id, min(gaming_day) as gaming_day
    from {{ ref('fct_bets') }}
    group by brand, player_id, round_id

),

orphans as (

    select brand, player_id, coalesce(bet_id, round_id) as key_id from {{ ref('fct_orphan_settlements') }}
    union
    select brand, player_id, round_id as key_id from {{ ref('fct_orphan_settlements') }}

),

deposits as (

    select * from {{ ref('fct_deposits') }}

),

withdrawals as (

    select * from {{ ref('fct_withdrawals') }}

),

-- What each bonus event does to the two wallets, so that a movement made just after midnight is booked with its event.
bonus_effects as (

    select
        brand,
        bonus_id,
        'bonus' as wallet,
        case when kind = 'issued' then amount else -amount end as signed_amount,
        gaming_day
    from {{ ref('int_bonuses__costs') }}
    union all
    select brand, bonus_id, 'cash' as wallet, amount as signed_amount, gaming_day
    from {{ ref('int_bonuses__costs') }}
    where kind = 'converted'

),

bonus_days as (

    select brand, bonus_id, wallet, signed_amount, min(gaming_day) as gaming_day
    from bonus_effects
    group by brand, bonus_id, wallet, signed_amount

),

-- A reversal that names no event of its own belongs to that of the movement which it reverses.
originals as (

    select brand, txn_id, min(ref_id) as ref_id
    from movements
    group by brand, txn_id

),

named as (

    select
        movements.*,
        case when movements.wallet_type = 'bonus' then 'bonus' else 'cash' end as wallet,
        coalesce(movements.ref_id, originals.ref_id) as key_id,
        coalesce(movements.ref_type in ('bet', 'payout', 'void', 'jackpot'), false) as is_play
    from movements
    left join originals on movements.brand = originals.brand and movements.reverses_txn_id = originals.txn_id

),

matched as (

    select
        named.*,
        settlement_txns.round_id as txn_round_id,
        bets.bet_id,
        coalesce(bets.round_id, rounds.round_id) as round_id,
        coalesce(bets.gaming_day, rounds.gaming_day) as play_day,
        orphans.key_id as orphan_id,
        deposits.gaming_day as deposit_day,
        deposits.charged_back_at is not null as is_charged_back,
        withdrawals.gaming_day as withdrawal_day,
        withdrawals.status in ('requested', 'approved') and not withdrawals.is_paid_out as is_in_transit,
        bonus_days.gaming_day as bonus_day

    from named

    left join settlement_txns
        on
            named.brand = settlement_txns.brand
            and named.txn_id = settlement_txns.txn_id
            and named.player_id = settlement_txns.player_id

    left join bets
        on named.is_play and named.brand = bets.brand and named.player_id = bets.player_id and named.key_id = bets.bet_id

    left join rounds
        on
            named.brand = rounds.brand
            and named.player_id = rounds.player_id
            and case when named.is_play then coalesce(settlement_txns.round_id, named.key_id) else settlement_txns.round_id end = rounds.round_id

    left join orphans
        on
            named.is_play
            and named.brand = orphans.brand
            and named.player_id = orphans.player_id
            and coalesce(named.key_id, settlement_txns.round_id) = orphans.key_id

    left join deposits
        on named.ref_type = 'deposit' and named.brand = deposits.brand and named.key_id = deposits.deposit_id

    left join withdrawals
        on named.ref_type = 'withdrawal' and named.brand = withdrawals.brand and named.key_id = withdrawals.withdrawal_id

    left join bonus_days
        on
            named.ref_type = 'bonus'
            and named.brand = bonus_days.brand
            and named.key_id = bonus_days.bonus_id
            and named.wallet = bonus_days.wallet
            and named.signed_amount = bonus_days.signed_amount

),

booked as (

    select
        brand,
        txn_id,
        direction,
        player_id,
        currency,
        wallet,
        ref_type,
        round_id,
        bet_id,
        signed_amount,
        case
            when play_day is not null then 'bet'
            when orphan_id is not null then 'orphan'
            when is_in_transit then 'in_transit'
            when is_charged_back and direction = 'debit' then 'chargeback'
            else coalesce(ref_type, 'unknown')
        end as entity,
        coalesce(play_day, deposit_day, withdrawal_day, bonus_day, gaming_day) as gaming_day
    from matched

)

select * from booked

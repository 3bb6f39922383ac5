with

movements as (

    select * from {{ ref('fct_wallet_movements') }} where not is_conflict

),

settlement_txns as (

    select
        brand,
        player_id,
        txn_id,
        min(round_id) as round_id
    from {{ ref('stg_gameplay__settlements') }}
    where txn_id is not null
    group by
        brand,
        player_id,
        txn_id

),

-- A reversal that names no event of its own belongs to that of the movement which it reverses.
originals as (

    select
        brand,
        txn_id,
        min(ref_id) as ref_id
    from movements
    group by
        brand,
        txn_id

),

named as (

    select
        movements.brand,
        movements.txn_id,
        movements.direction,
        movements.player_id,
        movements.currency,
        movements.ref_type,
        movements.signed_amount,
        movements.gaming_day,
        case when movements.wallet_type = 'bonus' then 'bonus' else 'cash' end as wallet,
        coalesce(movements.ref_type in ('bet', 'payout', 'void', 'jackpot'), false) as is_play,
        coalesce(movements.ref_id, originals.ref_id) as key_id,
        settlement_txns.round_id as settled_round_id

    from movements

    left join originals
        on
            movements.brand = originals.brand
            and movements.reverses_txn_id = originals.txn_id

    left join settlement_txns
        on
            movements.brand = settlement_txns.brand
            and movements.player_id = settlement_txns.player_id
            and movements.txn_id = settlement_txns.txn_id

)

select * from named

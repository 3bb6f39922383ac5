with

movements as (

    select * from {{ ref('fct_wallet_movements') }} where not is_conflict

),

-- A transaction id that several rounds use names none of them.
settlement_txns as (

    select
        brand,
        player_id,
        txn_id,
        min(issuer_id) as issuer_id,
        min(round_id) as round_id
    from {{ ref('int_bets__settlements') }}
    where txn_id is not null and is_latest
    group by
        brand,
        player_id,
        txn_id
    having min(issuer_id) = max(issuer_id) and min(round_id) = max(round_id)

),

-- A reversal belongs to what the movement which it reverses belongs to, whatever it says of itself.
originals as (

    select
        brand,
        player_id,
        txn_id,
        min(ref_type) as ref_type,
        min(ref_id) as ref_id
    from movements
    where reverses_txn_id is null
    group by
        brand,
        player_id,
        txn_id
    having count(*) = 1

),

traced as (

    select
        movements.*,
        coalesce(originals.ref_type, movements.ref_type) as traced_type,
        case when originals.ref_type is not null then originals.ref_id else movements.ref_id end as traced_id,
        coalesce(originals.txn_id, movements.txn_id) as traced_txn

    from movements

    left join originals
        on
            movements.brand = originals.brand
            and movements.player_id = originals.player_id
            and movements.reverses_txn_id = originals.txn_id

),

named as (

    select
        traced.brand,
        traced.txn_id,
        traced.direction,
        traced.player_id,
        traced.currency,
        traced.traced_type as ref_type,
        traced.signed_amount,
        traced.gaming_day,
        case when traced.wallet_type = 'bonus' then 'bonus' else 'cash' end as wallet,
        coalesce(
            traced.traced_type in ('bet', 'payout', 'void', 'jackpot'),
            settlement_txns.round_id is not null
        ) as is_play,
        traced.traced_id as key_id,
        settlement_txns.issuer_id as settled_issuer_id,
        settlement_txns.round_id as settled_round_id

    from traced

    left join settlement_txns
        on
            traced.brand = settlement_txns.brand
            and traced.player_id = settlement_txns.player_id
            and traced.traced_txn = settlement_txns.txn_id

)

select * from named

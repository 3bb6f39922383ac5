with

tips as (

    select * from {{ ref('fct_tips') }}

),

prizes as (

    select * from {{ ref('fct_prizes') }} where is_cash_prize

),

refunds as (

    select * from {{ ref('fct_deposit_refunds') }}

),

-- Money that moves in the cash wallet and is neither play nor a payment of its own: what names it, and what it takes
-- or gives.
side_entities as (

    select
        'tip' as entity,
        case when is_taken_back then 'credit' else 'debit' end as direction,
        brand,
        player_id,
        tip_id as entity_id,
        reverses_txn_id as other_id,
        currency,
        -amount as amount,
        gaming_day
    from tips

    union all

    select
        'prize' as entity,
        'credit' as direction,
        brand,
        player_id,
        coalesce(txn_id, event_id) as entity_id,
        tournament_id as other_id,
        currency,
        amount,
        gaming_day
    from prizes

    union all

    select
        'refund' as entity,
        'debit' as direction,
        brand,
        player_id,
        refund_id as entity_id,
        deposit_id as other_id,
        currency,
        -amount as amount,
        gaming_day
    from refunds

)

select * from side_entities

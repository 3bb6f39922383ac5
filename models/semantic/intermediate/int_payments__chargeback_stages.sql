with

successes as (

    {{ one_effect_per_key(ref('stg_cashier__deposits'), ['brand', 'deposit_id']) }}

),

told as (

    {{ one_effect_per_key(ref('stg_cashier__chargebacks'), ['brand', 'deposit_id', 'stage']) }}

),

-- A chargeback in another currency than its deposit took place, but its amount cannot be set against the deposit's.
stages as (

    select
        told.event_id,
        told.brand,
        told.deposit_id,
        told.stage,
        told.player_id,
        told.jurisdiction,
        told.currency,
        case when told.currency <> successes.currency then 0 else told.amount end as amount,
        told.fx_rate,
        told.fx_base,
        told.event_at
    from told
    left join successes on told.brand = successes.brand and told.deposit_id = successes.deposit_id
    where not told.is_conflict

)

select * from stages

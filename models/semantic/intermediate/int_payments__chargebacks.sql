with

successes as (

    {{ one_effect_per_key(ref('stg_cashier__deposits'), ['brand', 'deposit_id']) }}

),

stages as (

    {{ one_effect_per_key(ref('stg_cashier__chargebacks'), ['brand', 'deposit_id', 'stage']) }}

),

-- A chargeback in another currency than its deposit took place, but its amount cannot be set against the deposit's.
comparable as (

    select
        stages.*,
        stages.currency <> successes.currency as is_foreign
    from stages
    left join successes on stages.brand = successes.brand and stages.deposit_id = successes.deposit_id

),

chargebacks as (

    select
        brand,
        deposit_id,
        min(player_id) as player_id,
        min(jurisdiction) as jurisdiction,
        min(currency) as currency,
        count(*) as stages,
        cast(sum(case when coalesce(is_foreign, false) then 0 else amount end) as decimal(38, 4))
            as charged_back_amount,
        min(event_at) as charged_back_at
    from comparable
    where not is_conflict
    group by
        brand,
        deposit_id

)

select * from chargebacks

with

stages as (

    select * from {{ ref('int_payments__chargeback_stages') }}

),

chargebacks as (

    select
        brand,
        deposit_id,
        min(player_id) as player_id,
        min(jurisdiction) as jurisdiction,
        min(currency) as currency,
        count(*) as stages,
        cast(sum(amount) as decimal(38, 8)) as charged_back_amount,
        min(event_at) as charged_back_at
    from stages
    group by
        brand,
        deposit_id

)

select * from chargebacks

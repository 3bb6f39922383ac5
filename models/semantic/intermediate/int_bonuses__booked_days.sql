with

costs as (

    select * from {{ ref('int_bonuses__costs') }}

),

-- What each bonus event does to the two wallets: a completion takes from the one and gives to the other.
effects as (

    select
        brand,
        bonus_id,
        'bonus' as wallet,
        case when kind = 'issued' then amount else -amount end as signed_amount,
        gaming_day
    from costs

    union all

    select
        brand,
        bonus_id,
        'cash' as wallet,
        amount as signed_amount,
        gaming_day
    from costs
    where kind = 'converted'

),

booked_days as (

    select
        brand,
        bonus_id,
        wallet,
        signed_amount,
        min(gaming_day) as gaming_day
    from effects
    group by
        brand,
        bonus_id,
        wallet,
        signed_amount

)

select * from booked_days

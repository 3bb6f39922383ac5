with

bonuses as (

    select * from {{ ref('fct_bonuses') }} where issued_at is not null

),

grants as (

    select

        ---------- grain
        cast(brand as string) as brand,
        cast(bonus_id as string) as bonus_id,

        ---------- to whom, when
        cast(player_id as string) as player_id,
        gaming_day,
        cast(jurisdiction as string) as jurisdiction,
        cast(currency as string) as currency,

        ---------- what became of it
        cast(type as string) as type,
        cast(status as string) as status,
        cast(issued_amount as decimal(38, 8)) as issued_amount,
        cast(forfeited_amount as decimal(38, 8)) as forfeited_amount,
        cast(expired_amount as decimal(38, 8)) as expired_amount,
        cast(converted_amount as decimal(38, 8)) as converted_amount

    from bonuses

)

select * from grants

with

rfm as (

    select * from {{ ref('int_players__rfm') }}

),

addressed as (

    select
        cast(brand as string) as brand,
        cast(player_id as string) as player_id,
        cast(segment as string) as segment,
        cast(offer as string) as offer,
        cast(limit_advice as string) as limit_advice
    from rfm
    where not suppressed and offer <> 'none'

)

select * from addressed

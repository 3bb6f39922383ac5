with

rfm as (

    select * from {{ ref('int_players__rfm') }}

),

segments as (

    select

        ---------- ids
        cast(brand as string) as brand,
        cast(player_id as string) as player_id,

        ---------- measures
        cast(recency_days as integer) as recency_days,
        cast(frequency as bigint) as frequency,
        cast(monetary as decimal(38, 4)) as monetary,

        ---------- scores
        cast(r as integer) as r,
        cast(f as integer) as f,
        cast(m as integer) as m,

        ---------- what follows
        cast(segment as string) as segment,
        cast(offer as string) as offer,
        cast(limit_advice as string) as limit_advice,
        cast(suppressed as boolean) as suppressed

    from rfm

)

select * from segments

with

credits as (

    select * from {{ ref('int_acquisition__credits') }}

),

attribution as (

    select

        ---------- grain
        conversion_day,
        cast(model as string) as model,
        cast(channel as string) as channel,
        cast(coalesce(campaign_id, 'none') as string) as campaign_id,

        ---------- credit
        cast(sum(credit) as decimal(38, 8)) as conversions,
        {{ sum_known('credited_ngr') }} as credited_ngr,

        ---------- state
        min(case when is_mature then 1 else 0 end) = 1 as is_mature

    from credits

    where credit > 0

    group by 1, 2, 3, 4

)

select * from attribution

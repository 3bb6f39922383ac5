with

reports as (

    select * from {{ ref('stg_marketing__ad_spend') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

-- Networks report a day again when they know it better: the latest report of a key holds.
numbered as (

    select
        *,
        row_number() over (
            partition by brand, jurisdiction, channel, campaign_id, spend_day
            order by event_at desc, event_id desc
        ) as report_no,
        count(*) over (partition by brand, jurisdiction, channel, campaign_id, spend_day) as reports
    from reports

),

spend as (

    select

        ---------- grain
        numbered.brand,
        numbered.jurisdiction,
        numbered.channel,
        numbered.campaign_id,
        numbered.spend_day,

        ---------- money
        numbered.spend_currency,
        cast(numbered.spend_amount as decimal(38, 8)) as spend_amount,
        {{ to_base(
            'numbered.spend_amount',
            rate_to_base('numbered.spend_currency', 'numbered.fx_rate', 'numbered.fx_base', 'rates.rate_to_base')
        ) }} as spend_base,

        ---------- counts
        numbered.impressions,
        numbered.clicks,
        cast(numbered.reports as bigint) as reports,

        ---------- times
        numbered.event_at as reported_at

    from numbered

    left join rates on numbered.spend_currency = rates.currency and numbered.spend_day = rates.rate_day

    where numbered.report_no = 1

)

select * from spend

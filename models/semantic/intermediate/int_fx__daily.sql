{{ config(materialized='table') }}

with

rates as (

    select * from {{ ref('fx_rates') }} where base = '{{ var("reporting_currency") }}'

),

dates as (

    select * from {{ ref('dim_dates') }}

),

-- A rate holds until the next one, and no longer than 35 days: an older one would be a guess.
spans as (

    select
        currency,
        rate,
        rate_day as valid_from,
        {{ add_days('rate_day', 35) }} as last_day,
        lead(rate_day) over (partition by currency order by rate_day) as valid_until
    from rates

),

-- A row a day, so that every fact can join on equality and no day can match two rates.
daily as (

    select
        dates.date_day as rate_day,
        spans.currency,
        cast(spans.rate as decimal(38, 18)) as rate_to_base

    from spans

    inner join dates
        on
            spans.valid_from <= dates.date_day
            and spans.last_day >= dates.date_day
            and (spans.valid_until > dates.date_day or spans.valid_until is null)

)

select * from daily

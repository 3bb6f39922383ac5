with

spine as (

    {{ date_spine(var('first_day', '2015-01-01'), var('last_day', '2035-12-31')) }}

),

dates as (

    select
        cast(date_day as date) as date_day,
        cast({{ iso_weekday('date_day') }} as integer) as weekday,
        cast(date_trunc('week', date_day) as date) as week_start,
        cast(date_trunc('month', date_day) as date) as month_start,
        cast(date_trunc('quarter', date_day) as date) as quarter_start,
        cast(date_trunc('year', date_day) as date) as year_start,
        cast(extract(year from date_day) as integer) as calendar_year,
        {{ iso_weekday('date_day') }} >= 6 as is_weekend

    from spine

)

select * from dates

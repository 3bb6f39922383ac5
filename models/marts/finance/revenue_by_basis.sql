with

bases as (

    select * from {{ ref('int_bets__revenue_bases') }}

),

clock_days as (

    select * from {{ ref('int_clock__days') }}

),

months as (

    select
        month,
        jurisdiction,
        basis,
        min(currency) as currency,
        min(rate) as rate,
        bool_and(is_verified) as is_verified,
        {{ sum_known('amount') }} as amount
    from bases
    group by
        month,
        jurisdiction,
        basis

),

revenue as (

    select

        ---------- grain
        months.month,
        cast(months.jurisdiction as string) as jurisdiction,
        cast(months.basis as string) as basis,

        ---------- revenue
        cast(months.amount as decimal(38, 4)) as amount,
        cast(months.currency as string) as currency,

        ---------- duty
        cast(months.rate as double) as rate,
        cast({{ product_or_null('months.amount', 'months.rate') }} as decimal(38, 4)) as duty,

        ---------- state
        months.is_verified,
        coalesce(months.month < cast(date_trunc('month', clock_days.latest_gaming_day) as date), false) as is_complete

    from months

    left join clock_days on months.jurisdiction = clock_days.jurisdiction

)

select * from revenue

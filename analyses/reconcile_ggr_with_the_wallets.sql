-- Does what the games earned agree with what left the cash wallets? One row per month and currency, and where the two
-- part. A difference on days with a complete feed is a defect of a producer or of ours; days without one say nothing.
with

reconciliation as (

    select * from {{ ref('cash_reconciliation') }}

),

months as (

    select
        cast(date_trunc('month', gaming_day) as date) as month_start,
        currency,
        count(*) as days,
        sum(case when has_wallet_feed then 1 else 0 end) as days_with_feed,
        sum(cash_ngr) as cash_ngr,
        sum(ledger_ngr) as ledger_ngr,
        sum(case when has_wallet_feed then cash_ngr - ledger_ngr end) as difference
    from reconciliation
    group by cast(date_trunc('month', gaming_day) as date), currency

)

select * from months
order by month_start, currency

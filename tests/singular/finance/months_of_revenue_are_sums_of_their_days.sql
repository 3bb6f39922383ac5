-- Of every jurisdiction and basis a month is the sum of what its days booked, rounded once, and no month is lost or
-- made up. With the test of booked revenue the published months add up to the days of daily revenue.
with

booked as (

    select
        jurisdiction,
        basis,
        cast(date_trunc('month', gaming_day) as date) as month,
        cast(sum(amount) as decimal(38, 4)) as amount,
        count(*) - count(amount) as unknown
    from {{ ref('int_bets__revenue_bases') }}
    group by
        jurisdiction,
        basis,
        date_trunc('month', gaming_day)

),

months as (

    select * from {{ ref('revenue_by_basis') }}

)

select
    jurisdiction,
    basis,
    month,
    booked.amount,
    months.amount as amount_of_mart
from booked
full outer join months using (jurisdiction, basis, month)
where months.amount is distinct from case when booked.unknown = 0 then booked.amount end

-- Corrections stand on another day by the other clock, and on none twice: over all months the gross revenue of a
-- jurisdiction is that of its days. Only where every rate is known.
with

booked as (

    select
        jurisdiction,
        sum(amount) as ggr_base,
        count(*) - count(amount) as unknown
    from {{ ref('revenue_by_basis') }}
    where basis = 'contract_ggr'
    group by jurisdiction

),

days as (

    select
        jurisdiction,
        sum(ggr_base) as ggr_base,
        count(*) - count(ggr_base) as unknown
    from {{ ref('ggr_ngr_daily') }}
    group by jurisdiction

)

select
    days.jurisdiction,
    days.ggr_base,
    booked.ggr_base as ggr_base_of_months
from days
left join booked on days.jurisdiction = booked.jurisdiction
where
    days.unknown = 0
    and coalesce(booked.unknown, 0) = 0
    and coalesce(booked.ggr_base, 0) <> days.ggr_base

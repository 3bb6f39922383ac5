-- Corrections stand on another day by the other clock, and on none twice: over all days, before months are rounded, the
-- gross revenue of a jurisdiction is that of its days, each currency converted but the reporting one. Only where every
-- rate is known.
with

booked as (

    select
        jurisdiction,
        sum(amount) as ggr_base,
        count(*) - count(amount) as unknown
    from {{ ref('int_bets__revenue_bases') }}
    where basis = 'contract_ggr'
    group by jurisdiction

),

days as (

    select
        jurisdiction,
        sum(
            case
                when currency = '{{ var("reporting_currency") }}' then cast(ggr as decimal(38, 8))
                else cast(ggr_base as decimal(38, 8))
            end
        ) as ggr_base,
        count(*) - count(ggr_base) as unknown
    from {{ ref('ggr_ngr_daily') }}
    group by jurisdiction

)

select
    days.jurisdiction,
    days.ggr_base,
    booked.ggr_base as booked_ggr_base
from days
left join booked on days.jurisdiction = booked.jurisdiction
where
    days.unknown = 0
    and coalesce(booked.unknown, 0) = 0
    and coalesce(booked.ggr_base, 0) <> days.ggr_base

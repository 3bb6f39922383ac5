-- Issued - forfeited - expired - forfeited at completion: nothing is lost on the way to the mart. Only where the policy
-- of the jurisdiction is `granted` throughout, for another basis has another sum. One that nobody knows has that of XX.
with

other_policies as (

    select distinct jurisdiction from {{ ref('ngr_policies') }} where bonus_basis <> 'granted'

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

events as (

    select
        jurisdiction,
        currency,
        sum(case when kind = 'issued' then amount when kind = 'converted' then 0 else -amount end) as bonus_cost
    from {{ ref('int_bonuses__costs') }}
    group by
        jurisdiction,
        currency

),

marts as (

    select
        jurisdiction,
        currency,
        sum(bonus_cost) as bonus_cost
    from {{ ref('ggr_ngr_daily') }}
    group by
        jurisdiction,
        currency

)

select
    coalesce(events.jurisdiction, marts.jurisdiction) as jurisdiction,
    coalesce(events.currency, marts.currency) as currency,
    events.bonus_cost as cost_of_events,
    marts.bonus_cost as cost_of_mart
from events
full outer join marts
    on
        events.jurisdiction = marts.jurisdiction
        and events.currency = marts.currency
left join jurisdictions on coalesce(events.jurisdiction, marts.jurisdiction) = jurisdictions.jurisdiction
left join other_policies on coalesce(jurisdictions.jurisdiction, 'XX') = other_policies.jurisdiction
where
    other_policies.jurisdiction is null
    and coalesce(events.bonus_cost, 0) <> coalesce(marts.bonus_cost, 0)

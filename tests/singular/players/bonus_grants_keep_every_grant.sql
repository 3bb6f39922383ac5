-- By currency there are as many grants, of as much, as there are bonuses of which the grant was seen.
with

expected as (

    select
        bonuses.currency,
        count(*) as bonuses,
        sum(bonuses.issued_amount) as issued_amount
    from {{ ref('fct_bonuses') }} as bonuses
    where bonuses.issued_at is not null
    group by bonuses.currency

),

published as (

    select
        currency,
        count(*) as bonuses,
        sum(issued_amount) as issued_amount
    from {{ ref('bonus_grants') }}
    group by currency

)

select
    expected.currency,
    published.currency as published_currency
from expected
full outer join published on coalesce(expected.currency, '') = coalesce(published.currency, '')
where
    expected.bonuses is null
    or published.bonuses is null
    or expected.bonuses != published.bonuses
    or expected.issued_amount != published.issued_amount

-- In every model the credits of a first deposit add up to 1 and to its revenue, to the last decimal, and no first
-- deposit is left out.
with

conversions as (

    select * from {{ ref('int_acquisition__conversions') }}

),

models as (

    select distinct model from {{ ref('int_acquisition__credits') }}

),

credited as (

    select
        brand,
        player_id,
        model,
        sum(credit) as credit,
        sum(credited_ngr) as credited_ngr
    from {{ ref('int_acquisition__credits') }}
    group by
        brand,
        player_id,
        model

)

select
    conversions.brand,
    conversions.player_id,
    models.model,
    credited.credit,
    credited.credited_ngr,
    conversions.ngr_base
from conversions
cross join models
left join credited
    on
        conversions.brand = credited.brand
        and conversions.player_id = credited.player_id
        and models.model = credited.model
where
    coalesce(credited.credit, 0) <> 1
    or coalesce(credited.credited_ngr, 0) <> coalesce(conversions.ngr_base, 0)

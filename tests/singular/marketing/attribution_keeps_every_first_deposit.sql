-- A day's credits in a model are its first deposits, and with the revenue known their revenue: grouping loses none.
with

conversions as (

    select
        conversion_day,
        count(*) as conversions,
        sum(ngr_base) as ngr,
        count(*) - count(ngr_base) as unknown
    from {{ ref('int_acquisition__conversions') }}
    group by conversion_day

),

credited as (

    select
        conversion_day,
        model,
        sum(conversions) as conversions,
        sum(credited_ngr) as ngr
    from {{ ref('attribution') }}
    group by
        conversion_day,
        model

)

select
    conversions.conversion_day,
    credited.model,
    conversions.conversions,
    credited.conversions as credited
from conversions
left join credited on conversions.conversion_day = credited.conversion_day
where
    coalesce(credited.conversions, 0) <> conversions.conversions
    or (conversions.unknown = 0 and coalesce(credited.ngr, 0) <> coalesce(conversions.ngr, 0))

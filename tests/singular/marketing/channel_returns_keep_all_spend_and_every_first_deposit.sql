-- Spend and first depositors of the mart are those of the facts, by month; spend only where all of it has a known rate.
with

facts as (

    select
        date_trunc('month', spend_day) as month,
        spend_base as spend,
        case when spend_base is null then 1 else 0 end as unknown,
        0 as ftds
    from {{ ref('fct_ad_spend') }}

    union all

    select
        date_trunc('month', first_deposit_day) as month,
        0 as spend,
        0 as unknown,
        1 as ftds
    from {{ ref('dim_players') }}
    where first_deposit_day <= latest_gaming_day

),

said as (

    select
        month,
        case when sum(unknown) = 0 then sum(spend) end as spend,
        sum(ftds) as ftds
    from facts
    group by month

),

marts as (

    select
        month,
        case when count(*) = count(spend) then sum(spend) end as spend,
        sum(ftds) as ftds
    from {{ ref('channel_roi') }}
    group by month

)

select
    month,
    said.spend,
    said.ftds,
    marts.spend as spend_of_mart,
    marts.ftds as ftds_of_mart
from said
full outer join marts using (month)
where said.spend is distinct from marts.spend or said.ftds is distinct from marts.ftds

-- What do bonuses cost, and what do they cost it for? One row per month and currency: the cost that net revenue
-- carries, as a share of gross revenue and of the stakes, beside what became of the grants of the month. The ratio is
-- null where the house lost before any bonus, and below 0 where more was taken back than granted. The grants of the
-- newest months may still be completed or lapse.
with

revenue as (

    select * from {{ ref('ggr_ngr_daily') }}

),

bonuses as (

    select * from {{ ref('bonus_grants') }}

),

costs as (

    select
        cast(date_trunc('month', gaming_day) as date) as month,
        currency,
        sum(handle) as handle,
        sum(ggr) as ggr,
        sum(bonus_cost) as bonus_cost
    from revenue
    group by cast(date_trunc('month', gaming_day) as date), currency

),

grants as (

    select
        cast(date_trunc('month', gaming_day) as date) as month,
        currency,
        count(*) as grants,
        sum(issued_amount) as granted,
        sum(converted_amount) as converted,
        sum(case when status = 'completed' then 1 else 0 end) as completed,
        sum(case when status in ('forfeited', 'expired') then 1 else 0 end) as lapsed
    from bonuses
    group by cast(date_trunc('month', gaming_day) as date), currency

),

bonus_cost as (

    select

        ---------- grain
        month,
        currency,

        ---------- cost
        costs.ggr,
        costs.bonus_cost,
        case when costs.ggr > 0 then {{ ratio('costs.bonus_cost', 'costs.ggr') }} end as bonus_cost_ratio,
        {{ ratio('costs.bonus_cost', 'costs.handle') }} as share_of_stakes,

        ---------- what became of the grants
        coalesce(grants.grants, 0) as grants,
        coalesce(grants.granted, 0) as granted,
        coalesce(grants.converted, 0) as converted,
        {{ ratio('grants.completed', 'grants.grants') }} as completed_share,
        {{ ratio('grants.lapsed', 'grants.grants') }} as lapsed_share

    from costs

    left join grants using (month, currency)

)

select * from bonus_cost
order by month, currency

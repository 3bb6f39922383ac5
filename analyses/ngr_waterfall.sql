-- Where does gross revenue go on its way to net? One row per month, jurisdiction and currency with each line that the
-- policy of the jurisdiction counts; a line that it leaves out is 0. `unexplained` is gross less the lines less net:
-- anything but 0 is a defect.
with

revenue as (

    select * from {{ ref('ggr_ngr_daily') }}

),

months as (

    select
        cast(date_trunc('month', gaming_day) as date) as month,
        jurisdiction,
        currency,
        sum(ggr) as ggr,
        sum(bonus_cost) as bonus_cost,
        sum(jackpot_contribution) as jackpot_contribution,
        sum(provider_fee + platform_fee) as studio_and_platform_fees,
        sum(psp_fee) as psp_fee,
        sum(chargebacks) as chargebacks,
        sum(affiliate_commission) as affiliate_commission,
        sum(gaming_duty) as gaming_duty,
        sum(ngr) as ngr
    from revenue
    group by cast(date_trunc('month', gaming_day) as date), jurisdiction, currency

),

waterfall as (

    select
        *,
        ggr - bonus_cost - jackpot_contribution - studio_and_platform_fees - psp_fee - chargebacks
        - affiliate_commission - gaming_duty - ngr as unexplained,
        case when ggr > 0 then {{ ratio('ngr', 'ggr') }} end as ngr_margin
    from months

)

select * from waterfall
order by month, jurisdiction, currency

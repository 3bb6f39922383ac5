-- Where do deposits fail, and is it worse than the week before? One row per method and payment provider over the last
-- seven complete gaming days, beside the seven before. `lost_deposits` is what the change of the acceptance rate
-- cost: begun deposits of this week times the fall. A provider without a week before is new, and its change is null.
with

payments as (

    select * from {{ ref('payments_daily') }}

),

newest as (

    select max(day) as latest_gaming_day from {{ ref('stickiness_daily') }}

),

recent as (

    select
        payments.*,
        {{ days_between('payments.gaming_day', 'newest.latest_gaming_day') }} as days_ago
    from payments
    cross join newest

),

weeks as (

    select
        method,
        psp_id,
        sum(case when days_ago between 1 and 7 then intents else 0 end) as intents,
        sum(case when days_ago between 1 and 7 then deposits else 0 end) as deposits,
        sum(case when days_ago between 1 and 7 then declined else 0 end) as declined,
        sum(case when days_ago between 8 and 14 then intents else 0 end) as intents_before,
        sum(case when days_ago between 8 and 14 then deposits else 0 end) as deposits_before
    from recent
    group by method, psp_id

),

rates as (

    select
        *,
        {{ ratio('deposits', 'intents') }} as acceptance_rate,
        {{ ratio('deposits_before', 'intents_before') }} as acceptance_rate_before,
        {{ ratio('declined', 'intents') }} as decline_rate
    from weeks

),

declines as (

    select

        ---------- grain
        method,
        psp_id,

        ---------- this week
        intents,
        deposits,
        acceptance_rate,
        decline_rate,

        ---------- against the week before
        acceptance_rate_before,
        acceptance_rate - acceptance_rate_before as change,
        greatest(0, intents * (acceptance_rate_before - acceptance_rate)) as lost_deposits

    from rates

    where intents + intents_before > 0

)

select * from declines
order by lost_deposits desc, method asc, psp_id asc

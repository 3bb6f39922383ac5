-- Does advertising earn its money back, and when? One row per channel and month: what a first depositor cost, what
-- one had brought by age 30 and 90, and after how many days the month was paid back. `missing` is what the first
-- depositors of the month must still bring per head by the newest mature age; below 0 it is profit. Organic players
-- cost nothing and are shown for comparison. A young month says `not_yet` because it is young: compare months at the
-- same age, never this month with last year's.
with

returns as (

    select * from {{ ref('channel_roi') }}

),

payback as (

    select

        ---------- grain
        channel,
        month,

        ---------- what it cost
        spend,
        ftds,
        cac,

        ---------- what came back
        ltv_30,
        ltv_90,
        roas,
        cac - coalesce(ltv_90, ltv_30) as missing,

        ---------- when
        payback_days,
        payback_state,
        sum(case when payback_state = 'paid_back' then 1 else 0 end) over (partition by channel) as months_paid_back,
        count(*) over (partition by channel) as months

    from returns

)

select * from payback
order by channel, month

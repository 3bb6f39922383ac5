{%- set milestones = [30, 90] -%}

with

players as (

    select
        *,
        cast(date_trunc('month', first_deposit_day) as date) as month
    from {{ ref('dim_players') }}
    where first_deposit_day <= latest_gaming_day

),

spend_days as (

    select
        *,
        cast(date_trunc('month', spend_day) as date) as month
    from {{ ref('fct_ad_spend') }}

),

ages as (

    select * from {{ ref('int_players__deposit_ages') }}

),

advertised as (

    select
        month,
        channel,
        {{ sum_known('spend_base') }} as spend,
        true as is_advertised
    from spend_days
    group by month, channel

),

arrived as (

    select
        month,
        acquisition_channel as channel,
        count(*) as ftds,
        max(first_deposit_day) as youngest_day,
        min(latest_gaming_day) as latest_gaming_day
    from players
    group by month, acquisition_channel

),

-- Either side may stand alone: a channel that costs nothing, or money that brought nobody.
cohorts as (

    select
        month,
        channel,
        case when advertised.is_advertised then advertised.spend else 0 end as spend,
        coalesce(arrived.ftds, 0) as ftds,
        coalesce(arrived.youngest_day, last_day(month)) as youngest_day,
        coalesce(arrived.latest_gaming_day, {{ latest_gaming_day() }}) as latest_gaming_day
    from arrived
    full outer join advertised using (month, channel)

),

aged as (

    select
        *,
        coalesce(last_day(month) < latest_gaming_day, false) as is_month_over,
        {{ days_between('youngest_day', 'latest_gaming_day') }} as days_of_the_youngest
    from cohorts

),

paid_back as (

    select
        month,
        channel,
        min(ages.age_days) as payback_days
    from ages
    inner join aged using (month, channel)
    where
        aged.is_month_over
        and ages.age_days < aged.days_of_the_youngest
        and ages.cum_ngr >= aged.spend
    group by month, channel

),

brought as (

    select
        month,
        channel,
        {%- for age in milestones %}
            sum(case when age_days <= {{ age }} then ngr else 0 end) as ngr_{{ age }},
            sum(case when age_days <= {{ age }} then unknown_days else 0 end) as unknown_{{ age }},
        {%- endfor %}
        max(age_days) as oldest_age
    from ages
    group by month, channel

),

-- A figure by age needs every first depositor of the month to have lived through it. Nothing is paid back at once.
judged as (

    select
        aged.*,
        {%- for age in milestones %}
            case
                when {{ age }} < aged.days_of_the_youngest and coalesce(brought.unknown_{{ age }}, 0) = 0
                    then coalesce(brought.ngr_{{ age }}, 0)
            end as ngr_{{ age }},
        {%- endfor %}
        case when aged.spend <= 0 and aged.is_month_over then 0 else paid_back.payback_days end as payback_days
    from aged
    left join brought using (month, channel)
    left join paid_back using (month, channel)

),

roi as (

    select

        ---------- grain
        cast(month as date) as month,
        cast(channel as string) as channel,

        ---------- what it cost
        cast(spend as decimal(38, 4)) as spend,
        cast(ftds as bigint) as ftds,
        cast({{ ratio('spend', 'ftds') }} as double) as cac,

        ---------- what it brought
        cast(ngr_90 as decimal(38, 4)) as ngr_90,
        cast({{ ratio('ngr_30', 'ftds') }} as double) as ltv_30,
        cast({{ ratio('ngr_90', 'ftds') }} as double) as ltv_90,
        cast({{ ratio('ngr_90', 'spend') }} as double) as roas,

        ---------- when it was earned back
        cast(payback_days as integer) as payback_days,
        case when payback_days is null then 'not_yet' else 'paid_back' end as payback_state,
        cast(is_month_over as boolean) as is_month_over

    from judged

)

select * from roi

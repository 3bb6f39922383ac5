{%- set keys = 'gaming_day, method, psp_id, channel, currency' -%}
{%- set unknown = ['method', 'psp_id', 'channel', 'currency'] -%}

with

deposits as (

    -- A chargeback whose deposit never came is no intent: nobody began anything that is known of.
    select *
    from {{ ref('fct_deposits') }}
    where not is_conflict and coalesce(requested_at, succeeded_at, declined_at) is not null

),

withdrawals as (

    select * from {{ ref('fct_withdrawals') }} where is_paid_out

),

intents as (

    select
        gaming_day,
        {% for column in unknown %}
            coalesce({{ column }}, 'unknown') as {{ column }},
        {%- endfor %}
        count(*) as intents,
        count(succeeded_at) as deposits,
        count(case when status = 'declined' then 1 end) as declined,
        count(case when status = 'charged_back' then 1 end) as charged_back,
        sum(amount) as deposit_amount,
        sum(amount_base) as deposit_base,
        sum(charged_back_amount) as charged_back_amount,
        sum(fee_amount) as deposit_fee_amount
    from deposits
    group by 1, 2, 3, 4, 5

),

payouts as (

    select
        gaming_day,
        {% for column in unknown %}
            coalesce({{ column }}, 'unknown') as {{ column }},
        {%- endfor %}
        count(*) as withdrawals,
        sum(amount) as withdrawal_amount,
        sum(amount_base) as withdrawal_base
    from withdrawals
    group by 1, 2, 3, 4, 5

),

daily as (

    select

        ---------- grain
        gaming_day,
        cast(method as string) as method,
        cast(psp_id as string) as psp_id,
        cast(channel as string) as channel,
        cast(currency as string) as currency,

        ---------- deposits
        cast(coalesce(intents.intents, 0) as bigint) as intents,
        cast(coalesce(intents.deposits, 0) as bigint) as deposits,
        cast(coalesce(intents.declined, 0) as bigint) as declined,
        cast(coalesce(intents.charged_back, 0) as bigint) as charged_back,
        cast(coalesce(intents.deposit_amount, 0) as decimal(38, 8)) as deposit_amount,
        cast(coalesce(intents.charged_back_amount, 0) as decimal(38, 8)) as charged_back_amount,
        cast(coalesce(intents.deposit_fee_amount, 0) as decimal(38, 8)) as deposit_fee_amount,
        {{ ratio('intents.deposits', 'intents.intents') }} as acceptance_rate,
        {{ ratio('intents.charged_back', 'intents.deposits') }} as chargeback_rate,

        ---------- withdrawals
        cast(coalesce(payouts.withdrawals, 0) as bigint) as withdrawals,
        cast(coalesce(payouts.withdrawal_amount, 0) as decimal(38, 8)) as withdrawal_amount,

        ---------- both
        cast(
            coalesce(intents.deposit_amount, 0) - coalesce(payouts.withdrawal_amount, 0) as decimal(38, 8)
        ) as net_deposits

    from intents

    full outer join payouts using ({{ keys }})

)

select * from daily

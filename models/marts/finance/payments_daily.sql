{%- set keys = 'gaming_day, method, psp_id, channel, currency' -%}
{%- set unknown = ['method', 'psp_id', 'channel', 'currency'] -%}
{%- set by = 'gaming_day, named_method, named_psp_id, named_channel, named_currency' -%}

with

deposits as (

    -- A chargeback whose deposit never came is no intent: nobody began anything that is known of.
    select *
    from {{ ref('fct_deposits') }}
    where not is_conflict and coalesce(requested_at, succeeded_at, declined_at) is not null

),

refunds as (

    select * from {{ ref('fct_deposit_refunds') }} where not is_conflict

),

payouts as (

    select * from {{ ref('int_payments__payouts') }}

),

withdrawals as (

    select
        *,
        {{ latency_or_null(ms_between('requested_at', 'paid_at')) }} as paid_ms
    from {{ ref('fct_withdrawals') }}
    where is_paid_out and paid_at is not null

),

{% for relation in ['deposits', 'refunds', 'payouts', 'withdrawals'] %}
    named_{{ relation }} as (

        select
            {{ relation }}.*,
            {%- for column in unknown %}
                coalesce({{ column }}, 'unknown') as named_{{ column }}
                {%- if not loop.last %},{% endif %}
            {%- endfor %}
        from {{ relation }}

    ),

{% endfor %}
intents as (

    select
        {{ by }},
        count(*) as intents,
        count(succeeded_at) as deposits,
        count(case when is_first_deposit then 1 end) as first_deposits,
        count(case when status = 'declined' then 1 end) as declined,
        count(case when succeeded_at is not null then charged_back_at end) as charged_back,
        sum(amount) as deposit_amount,
        sum(charged_back_amount) as charged_back_amount,
        sum(fee_amount) as deposit_fee_amount
    from named_deposits
    group by {{ by }}

),

given_back as (

    select
        {{ by }},
        count(*) as refunds,
        sum(amount) as refund_amount
    from named_refunds
    group by {{ by }}

),

paid as (

    select
        {{ by }},
        sum(payouts) as withdrawals,
        sum(amount) as withdrawal_amount
    from named_payouts
    group by {{ by }}

),

timed as (

    select
        {{ by }},
        {{ percentile('paid_ms', 0.5) }} as p50_ms,
        {{ percentile('paid_ms', 0.95) }} as p95_ms
    from named_withdrawals
    group by {{ by }}

),

daily as (

    select

        ---------- grain
        gaming_day,
        cast(named_method as string) as method,
        cast(named_psp_id as string) as psp_id,
        cast(named_channel as string) as channel,
        cast(named_currency as string) as currency,

        ---------- deposits
        {%- for column in ['intents', 'deposits', 'first_deposits', 'declined', 'charged_back'] %}
            cast(coalesce(intents.{{ column }}, 0) as bigint) as {{ column }},
        {%- endfor %}
        cast(coalesce(intents.deposit_amount, 0) as decimal(38, 8)) as deposit_amount,
        cast(coalesce(intents.charged_back_amount, 0) as decimal(38, 8)) as charged_back_amount,
        cast(coalesce(intents.deposit_fee_amount, 0) as decimal(38, 8)) as deposit_fee_amount,
        {{ ratio('intents.deposits', 'intents.intents') }} as acceptance_rate,
        {{ ratio('intents.charged_back', 'intents.deposits') }} as chargeback_rate,

        ---------- refunds
        cast(coalesce(given_back.refunds, 0) as bigint) as refunds,
        cast(coalesce(given_back.refund_amount, 0) as decimal(38, 8)) as refund_amount,

        ---------- withdrawals
        cast(coalesce(paid.withdrawals, 0) as bigint) as withdrawals,
        cast(coalesce(paid.withdrawal_amount, 0) as decimal(38, 8)) as withdrawal_amount,
        {{ ratio('timed.p50_ms', 1000) }} as p50_withdrawal_s,
        {{ ratio('timed.p95_ms', 1000) }} as p95_withdrawal_s,

        ---------- both
        cast(
            coalesce(intents.deposit_amount, 0)
            - coalesce(given_back.refund_amount, 0)
            - coalesce(paid.withdrawal_amount, 0) as decimal(38, 8)
        ) as net_deposits

    from intents

    full outer join given_back using ({{ by }})

    full outer join paid using ({{ by }})

    left join timed using ({{ by }})

)

select * from daily

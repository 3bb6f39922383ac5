with

requests as (

    {{ one_effect_per_key(ref('stg_cashier__withdrawal_requests'), ['brand', 'withdrawal_id']) }}

),

approvals as (

    {{ one_effect_per_key(ref('stg_cashier__withdrawal_approvals'), ['brand', 'withdrawal_id']) }}

),

payouts as (

    {{ one_effect_per_key(ref('stg_cashier__withdrawals'), ['brand', 'withdrawal_id']) }}

),

declines as (

    {{ one_effect_per_key(ref('stg_cashier__withdrawal_declines'), ['brand', 'withdrawal_id'], []) }}

),

cancellations as (

    {{ one_effect_per_key(ref('stg_cashier__withdrawal_cancellations'), ['brand', 'withdrawal_id'], []) }}

),

-- From its first payout on a brand says what it pays; before that an approval is all there is.
paying_brands as (

    select
        brand,
        min(event_at) as first_paid_at
    from {{ ref('stg_cashier__withdrawals') }}
    group by brand

),

words_against as (

    {% for relation in ['stg_cashier__withdrawal_declines', 'stg_cashier__withdrawal_cancellations'] %}
        select
            brand,
            withdrawal_id,
            event_at
        from {{ ref(relation) }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- Told again after it was paid, the word that kept it back before sends it back now.
returns as (

    select
        payouts.brand,
        payouts.withdrawal_id,
        min(words_against.event_at) as returned_at
    from payouts
    inner join words_against
        on payouts.brand = words_against.brand and payouts.withdrawal_id = words_against.withdrawal_id
    where words_against.event_at > payouts.event_at
    group by payouts.brand, payouts.withdrawal_id

),

keys as (

    {% for step in ['requests', 'approvals', 'payouts', 'declines', 'cancellations'] %}
        select
            brand,
            withdrawal_id
        from {{ step }}
        {% if not loop.last %}union{% endif %}
    {%- endfor %}

),

gathered as (

    select
        keys.brand,
        keys.withdrawal_id,
        {% for column in ['player_id', 'jurisdiction'] %}
            coalesce(
                payouts.{{ column }},
                approvals.{{ column }},
                requests.{{ column }},
                declines.{{ column }},
                cancellations.{{ column }}
            )
                as {{ column }},
        {%- endfor %}
        coalesce(payouts.currency, approvals.currency, requests.currency) as currency,
        requests.method,
        payouts.psp_id,
        requests.channel,
        requests.instrument_type,
        requests.instrument_fingerprint,
        requests.amount as requested_amount,
        payouts.fee_amount,
        payouts.fee_currency,
        coalesce(payouts.amount, approvals.amount, requests.amount) as deciding_amount,
        -- The amount is that of the last step that names one; a conflict there, and only there, leaves it without.
        coalesce(
            payouts.is_conflict,
            case when approvals.amount is not null then approvals.is_conflict end,
            requests.is_conflict,
            false
        ) as is_conflict,
        payouts.event_at is null
        and declines.event_at is null
        and cancellations.event_at is null
        and approvals.event_at < coalesce(paying_brands.first_paid_at, cast('9999-12-31' as timestamp))
            as counts_when_approved,
        -- A rate is that of the step whose amount counts, which may be in another currency than the others.
        {% for column in ['fx_rate', 'fx_base'] %}
            case
                when payouts.amount is not null then payouts.{{ column }}
                when approvals.amount is not null then approvals.{{ column }}
                else coalesce(approvals.{{ column }}, requests.{{ column }})
            end as {{ column }},
        {%- endfor %}
        requests.event_at as requested_at,
        approvals.event_at as approved_at,
        case when not payouts.is_conflict then payouts.event_at end as paid_at,
        declines.event_at as declined_at,
        cancellations.event_at as cancelled_at,
        payouts.event_at as first_paid_at,
        case when not payouts.is_conflict then returns.returned_at end as returned_at

    from keys

    {% for step in ['requests', 'approvals', 'payouts', 'declines', 'cancellations'] %}
        left join {{ step }} on keys.brand = {{ step }}.brand and keys.withdrawal_id = {{ step }}.withdrawal_id
    {% endfor %}
    left join returns on keys.brand = returns.brand and keys.withdrawal_id = returns.withdrawal_id
    left join paying_brands on keys.brand = paying_brands.brand

),

-- Before it is paid the latest word holds; said at the same instant, the word that keeps the money back. What is
-- declined or cancelled once it was paid has come back.
judged as (

    select
        *,
        case
            when paid_at is not null then 'paid'
            when
                cancelled_at is not null
                and cancelled_at >= coalesce(approved_at, cancelled_at)
                and cancelled_at >= coalesce(declined_at, cancelled_at)
                then 'cancelled'
            when declined_at is not null and declined_at >= coalesce(approved_at, declined_at) then 'declined'
            when approved_at is not null then 'approved'
            else 'requested'
        end as status
    from gathered

),

counted as (

    select
        *,
        -- An approval need not name an amount, and its request may never have come: what is not known is not paid out.
        not is_conflict
        and deciding_amount is not null
        and (status = 'paid' or (status = 'approved' and counts_when_approved))
            as is_paid_out,
        not is_conflict and deciding_amount is null and status = 'approved' and counts_when_approved
            as is_missing_amount,
        case status
            when 'paid' then paid_at
            when 'cancelled' then cancelled_at
            when 'declined' then declined_at
            when 'approved' then approved_at
            else coalesce(requested_at, first_paid_at)
        end as booked_at
    from judged

)

select * from counted

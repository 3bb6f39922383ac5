with

deposits as (

    select * from {{ ref('fct_deposits') }} where not is_conflict

),

withdrawals as (

    select * from {{ ref('fct_withdrawals') }} where not is_conflict and is_paid_out

),

stages as (

    select * from {{ ref('int_payments__chargeback_stages') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

-- The rate of a payment is that of its own currency: a fee in another currency has none but the seed's.
payments as (

    {% for payments in ['deposits', 'withdrawals'] %}
        select
            gaming_day,
            brand,
            player_id,
            jurisdiction,
            coalesce(fee_currency, currency) as currency,
            'psp_fee' as line,
            fee_amount as amount,
            case when coalesce(fee_currency, currency) = currency then fx_rate end as fx_rate,
            fx_base
        from {{ payments }}
        where fee_amount != 0

        union all
    {% endfor %}

    -- Each stage on its own day: a day that is closed does not change when a later stage comes.
    select
        {{ gaming_day('stages.event_at', 'jurisdictions') }} as gaming_day,
        deposits.brand,
        deposits.player_id,
        deposits.jurisdiction,
        deposits.currency,
        'chargebacks' as line,
        stages.amount,
        stages.fx_rate,
        stages.fx_base
    from deposits
    inner join stages on deposits.brand = stages.brand and deposits.deposit_id = stages.deposit_id
    left join jurisdictions on deposits.jurisdiction = jurisdictions.jurisdiction
    where stages.amount != 0

),

rated as (

    select
        payments.*,
        {{ rate_to_base('payments.currency', 'payments.fx_rate', 'payments.fx_base', 'rates.rate_to_base') }} as rate
    from payments
    left join rates on payments.currency = rates.currency and payments.gaming_day = rates.rate_day

),

costs as (

    select
        gaming_day,
        brand,
        player_id,
        jurisdiction,
        currency,
        line,
        amount,
        {{ to_base('amount', 'rate') }} as amount_base
    from rated

)

select * from costs

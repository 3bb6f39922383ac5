{% set day = 'gaming_day, brand, jurisdiction, currency' %}
with

bets as (

    select * from {{ ref('fct_bets') }} where is_settled

),

shares as (

    select * from {{ ref('int_bets__revenue_shares') }}

),

contributions as (

    select * from {{ ref('int_bets__jackpot_contributions') }}

),

bonuses as (

    select * from {{ ref('int_bonuses__costs') }}

),

deposits as (

    select * from {{ ref('fct_deposits') }} where not is_conflict

),

withdrawals as (

    select * from {{ ref('fct_withdrawals') }} where not is_conflict and is_paid_out

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

policies as (

    {{ dated('ngr_policies', 'jurisdiction') }}

),

payments as (

    select
        gaming_day,
        brand,
        jurisdiction,
        coalesce(fee_currency, currency) as currency,
        'psp_fee' as line,
        fee_amount as amount
    from deposits
    where fee_amount != 0

    union all

    select
        gaming_day,
        brand,
        jurisdiction,
        coalesce(fee_currency, currency) as currency,
        'psp_fee' as line,
        fee_amount as amount
    from withdrawals
    where fee_amount != 0

    union all

    select
        {{ gaming_day('deposits.charged_back_at', 'jurisdictions') }} as gaming_day,
        deposits.brand,
        deposits.jurisdiction,
        deposits.currency,
        'chargebacks' as line,
        deposits.charged_back_amount as amount
    from deposits
    left join jurisdictions on deposits.jurisdiction = jurisdictions.jurisdiction
    where deposits.charged_back_amount != 0

),

rated_payments as (

    select
        payments.*,
        {{ rate_to_base('payments.currency', 'null', 'null', 'rates.rate_to_base') }} as rate
    from payments
    left join rates on payments.currency = rates.currency and payments.gaming_day = rates.rate_day

),

-- Every cost there is, whether a policy counts it or not. The bonus stands here once for each way to cost it.
costs as (

    select
        {{ day }},
        case when kind = 'converted' then 'converted' else 'granted' end as line,
        case when kind in ('issued', 'converted') then amount else -amount end as amount,
        case when kind in ('issued', 'converted') then amount_base else -amount_base end as amount_base
    from bonuses

    union all

    select
        {{ day }},
        'consumed' as line,
        bonus_stake_amount - bonus_payout_amount as amount,
        {{ to_base('bonus_stake_amount - bonus_payout_amount', 'fx_rate_to_base') }} as amount_base
    from bets
    where bonus_stake_amount != 0 or bonus_payout_amount != 0

    union all

    select
        {{ day }},
        'jackpot_contribution' as line,
        amount,
        {{ to_base('amount', 'fx_rate_to_base') }} as amount_base
    from contributions

    union all

    select {{ day }}, 'provider_fee' as line, provider_fee as amount, provider_fee_base as amount_base from shares

    union all

    select {{ day }}, 'platform_fee' as line, platform_fee as amount, platform_fee_base as amount_base from shares

    union all

    select {{ day }}, 'gaming_duty' as line, gaming_duty as amount, gaming_duty_base as amount_base from shares

    union all

    select {{ day }}, line, amount, {{ to_base('amount', 'rate') }} as amount_base from rated_payments

),

-- A jurisdiction without a policy pays for the bonus that it grants and for nothing else.
counted as (

    select
        costs.gaming_day,
        costs.brand,
        costs.jurisdiction,
        costs.currency,
        case when costs.line = coalesce(policies.bonus_basis, 'granted') then 'bonus_cost' else costs.line end as line,
        costs.amount,
        costs.amount_base

    from costs

    left join policies on costs.jurisdiction = policies.jurisdiction and {{ holds_on('costs.gaming_day', 'policies') }}

    where
        costs.line = coalesce(policies.bonus_basis, 'granted')
        or (costs.line = 'jackpot_contribution' and policies.jackpot_contribution)
        or (costs.line = 'provider_fee' and policies.provider_fee)
        or (costs.line = 'platform_fee' and policies.platform_fee)
        or (costs.line = 'psp_fee' and policies.psp_fee)
        or (costs.line = 'gaming_duty' and policies.gaming_duty)
        or (costs.line = 'chargebacks' and policies.chargebacks)

),

lines as (

    select
        {{ day }},
        line,
        cast(sum(amount) as decimal(38, 4)) as amount,
        {{ sum_known('amount_base') }} as amount_base
    from counted
    group by {{ day }}, line

)

select * from lines

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

payments as (

    select * from {{ ref('int_payments__costs') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

policies as (

    {{ dated('ngr_policies', 'jurisdiction') }}

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

    select {{ day }}, line, amount, amount_base from payments

),

-- A jurisdiction that nobody knows has the policy of XX. Without a policy only the bonus that it grants is a cost.
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

    left join jurisdictions on costs.jurisdiction = jurisdictions.jurisdiction

    left join policies
        on
            coalesce(jurisdictions.jurisdiction, 'XX') = policies.jurisdiction
            and {{ holds_on('costs.gaming_day', 'policies') }}

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

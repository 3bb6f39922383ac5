{{ config(materialized='table') }}
{% set grain = 'gaming_day, brand, player_id, jurisdiction, currency' %}
{%- set bonus_line = "case when kind = 'converted' then 'converted' else 'granted' end" -%}
{%- set bonus_sign = "case when kind in ('issued', 'converted') then 1 else -1 end" -%}
{%- set consumed = 'settled_bonus_amount - bonus_payout_amount' -%}
{#- Each line: its name, its amount, the same in the reporting currency, where it comes from, and of which rows. -#}
{%- set sources = [
    (bonus_line, bonus_sign ~ ' * amount', bonus_sign ~ ' * amount_base', 'bonuses', 'true'),
    ("'consumed'", consumed, 'settled_bonus_base - bonus_payout_base', 'played', 'settled_bonus_amount <> 0 or bonus_payout_amount <> 0'),
    ("'jackpot_contribution'", 'amount', to_base('amount', 'fx_rate_to_base'), 'contributions', 'true'),
    ("'provider_fee'", 'provider_fee', 'provider_fee_base', 'shares', 'true'),
    ("'platform_fee'", 'platform_fee', 'platform_fee_base', 'shares', 'true'),
    ("'gaming_duty'", 'gaming_duty', 'gaming_duty_base', 'shares', 'true'),
    ('line', 'amount', 'amount_base', 'payments', 'true'),
] -%}
with

played as (

    select * from {{ ref('int_bets__clocked') }}

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

-- Every cost there is, whether a policy counts it or not, with the 10 decimals of a share. The bonus stands here once
-- for each way to cost it.
costs as (
    {% for line, amount, amount_base, relation, condition in sources %}
        select
            {{ "clock" if relation in ('played', 'shares') else "'both' as clock" }},
            {{ grain }},
            {{ line }} as line,
            cast({{ amount }} as decimal(38, 10)) as amount,
            cast({{ amount_base }} as decimal(38, 10)) as amount_base
        from {{ relation }}
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- A jurisdiction that nobody knows has the policy of XX. Without a policy only the bonus that it grants is a cost.
counted as (

    select
        costs.clock,
        costs.gaming_day,
        costs.brand,
        costs.player_id,
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

)

select * from counted

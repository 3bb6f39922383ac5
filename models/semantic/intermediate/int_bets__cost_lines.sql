{{ config(materialized='table') }}
{% set grain = 'gaming_day, brand, player_id, jurisdiction, currency' %}
{%- set bonus_line = "case when kind = 'converted' then 'converted' else 'granted' end" -%}
{%- set bonus_sign = "case when kind in ('issued', 'converted') then 1 else -1 end" -%}
{%- set consumed = 'settled_bonus_amount - bonus_payout_amount' -%}
{#- Each line: its name, its amount, the same in the reporting currency, where it comes from, and of which rows. -#}
{%- set sources = [
    (bonus_line, bonus_sign ~ ' * amount', bonus_sign ~ ' * amount_base', 'bonuses', 'true'),
    ("'consumed'", consumed, 'settled_bonus_base - bonus_payout_base', 'played', 'settled_bonus_amount != 0 or bonus_payout_amount != 0'),
    ("'jackpot_paid_by_network'", 'network_payout_amount', 'network_payout_base', 'played', 'network_payout_amount != 0'),
    ("'jackpot_contribution'", 'amount', 'amount_base', 'contributions', 'true'),
    ("'promotion_prizes'", 'amount', 'amount_base', 'prizes', 'true'),
    ("'provider_fee'", 'provider_fee', 'provider_fee_base', 'shares', 'true'),
    ("'platform_fee'", 'platform_fee', 'platform_fee_base', 'shares', 'true'),
    ("'gaming_duty'", 'gaming_duty', 'gaming_duty_base', 'shares', 'true'),
    ('line', 'amount', 'amount_base', 'payments', 'true'),
] -%}
{%- set lines = [
    'jackpot_contribution', 'jackpot_paid_by_network', 'promotion_prizes', 'provider_fee', 'platform_fee', 'psp_fee', 'gaming_duty',
    'chargebacks'
] -%}
with

played as (

    select * from {{ ref('int_bets__clocked') }}

),

shares as (

    select * from {{ ref('int_bets__revenue_shares') }}

),

contributions as (

    select * from {{ ref('int_bets__contribution_lines') }}

),

bonuses as (

    select * from {{ ref('int_bonuses__costs') }}

),

prizes as (

    select * from {{ ref('fct_prizes') }} where is_cash_prize

),

payments as (

    select * from {{ ref('int_payments__costs') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

policies as (

    select * from {{ ref('int_revenue__policies') }}

),

-- Every cost there is, whether a policy counts it or not, with the 14 decimals of a share. The bonus stands here once
-- for each way to cost it.
costs as (
    {% for line, amount, amount_base, relation, condition in sources %}
        select
            {{ "clock" if relation in ('played', 'shares', 'contributions') else "'both' as clock" }},
            {{ grain }},
            {{ "game_id" if relation in ('played', 'shares', 'contributions') else "cast(null as string) as game_id" }},
            {{ line }} as line,
            cast({{ amount }} as decimal(38, 14)) as amount,
            cast({{ amount_base }} as decimal(38, 14)) as amount_base
        from {{ relation }}
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- A jurisdiction that nobody knows has the policy of XX.
counted as (

    select
        costs.clock,
        costs.gaming_day,
        costs.brand,
        costs.player_id,
        costs.jurisdiction,
        costs.currency,
        costs.game_id,
        case when costs.line = policies.bonus_basis then 'bonus_cost' else costs.line end as line,
        costs.amount,
        costs.amount_base

    from costs

    left join jurisdictions on costs.jurisdiction = jurisdictions.jurisdiction

    inner join policies
        on
            coalesce(jurisdictions.jurisdiction, 'XX') = policies.jurisdiction
            and {{ holds_on('costs.gaming_day', 'policies') }}

    where
        costs.line = policies.bonus_basis
        {%- for line in lines %}
            or (costs.line = '{{ line }}' and policies.{{ line }})
        {%- endfor %}

)

select * from counted

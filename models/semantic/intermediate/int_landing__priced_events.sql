{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_days() }}",
    post_hook="{{ mark_built() }}"
) }}

{#- The events that carry money, with the column that names its currency. -#}
{%- set priced = {
    'bet_place': ('stg_gameplay__bets', 'stake_currency'),
    'round_settle': ('stg_gameplay__settlements', 'payout_currency'),
    'void': ('stg_gameplay__voids', 'currency'),
    'refund': ('stg_gameplay__refunds', 'currency'),
    'jackpot_contribution': ('stg_gameplay__jackpot_contributions', 'currency'),
    'deposit_initiated': ('stg_cashier__deposit_requests', 'currency'),
    'deposit_success': ('stg_cashier__deposits', 'currency'),
    'deposit_declined': ('stg_cashier__deposit_declines', 'currency'),
    'deposit_chargeback': ('stg_cashier__chargebacks', 'currency'),
    'withdrawal_request': ('stg_cashier__withdrawal_requests', 'currency'),
    'withdrawal_approved': ('stg_cashier__withdrawal_approvals', 'currency'),
    'withdrawal_paid': ('stg_cashier__withdrawals', 'currency'),
    'wallet_debit': ('stg_cashier__wallet_debits', 'currency'),
    'wallet_credit': ('stg_cashier__wallet_credits', 'currency'),
    'wallet_hold': ('stg_cashier__wallet_holds', 'currency'),
    'wallet_hold_release': ('stg_cashier__wallet_hold_releases', 'currency'),
    'bonus_issued': ('stg_cashier__bonuses', 'currency'),
    'wager_complete': ('stg_cashier__wager_completions', 'converted_currency'),
    'bonus_forfeited': ('stg_cashier__bonus_forfeitures', 'currency'),
    'bonus_expired': ('stg_cashier__bonus_expiries', 'currency'),
} -%}
{%- set if_touched = where_touched_days() -%}

with

priced as (

    {%- for event, (relation, currency) in priced.items() %}
        select
            event_day,
            '{{ event }}' as event,
            count({{ currency }}) as priced_events,
            count(
                case
                    when {{ currency }} = '{{ var("reporting_currency") }}' then 1
                    when fx_base = '{{ var("reporting_currency") }}' and {{ currency }} is not null then fx_rate
                end
            ) as rated_events
        from {{ ref(relation) }} {{ if_touched }}
        group by event_day
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select * from priced

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched_days() }}",
    post_hook="{{ mark_built() }}"
) }}

{#-
    Every event with money: the currency that is converted, and its amounts, each with its currency. A test holds it against
    the contracts.
-#}
{%- set money = [('amount', 'currency')] -%}
{%- set fee = [('fee_amount', 'fee_currency')] -%}
{%- set priced = {
    'ad_spend': ('stg_marketing__ad_spend', 'spend_currency', [('spend_amount', 'spend_currency')]),
    'bet_place': ('stg_gameplay__bets', 'stake_currency', [
        ('stake_amount', 'stake_currency'), ('wallet_balance_before', 'stake_currency'), ('components', 'stake_currency')
    ]),
    'bonus_expired': ('stg_cashier__bonus_expiries', 'currency', money),
    'bonus_forfeited': ('stg_cashier__bonus_forfeitures', 'currency', money),
    'bonus_issued': ('stg_cashier__bonuses', 'currency', money + [('wager_required', 'currency')]),
    'dealer_tip': ('stg_gameplay__dealer_tips', 'currency', money),
    'deposit_chargeback': ('stg_cashier__chargebacks', 'currency', money),
    'deposit_declined': ('stg_cashier__deposit_declines', 'currency', money),
    'deposit_initiated': ('stg_cashier__deposit_requests', 'currency', money),
    'deposit_refunded': ('stg_cashier__deposit_refunds', 'currency', money),
    'deposit_success': ('stg_cashier__deposits', 'currency', money + fee),
    'jackpot_contribution': ('stg_gameplay__jackpot_contributions', 'currency', money),
    'refund': ('stg_gameplay__refunds', 'currency', money),
    'rg_blocked_bet': ('stg_compliance__rg_blocked_bets', 'attempted_currency', [
        ('attempted_amount', 'attempted_currency')
    ]),
    'rg_limit_set': ('stg_compliance__rg_limits_set', 'currency', [
        ('new_value', 'currency'), ('old_value', 'currency')
    ]),
    'rg_limit_updated': ('stg_compliance__rg_limit_updates', 'currency', [
        ('new_value', 'currency'), ('old_value', 'currency')
    ]),
    'round_settle': ('stg_gameplay__settlements', 'payout_currency', [
        ('payout_amount', 'payout_currency'), ('jackpot_win_amount', 'jackpot_win_currency'),
        ('components', 'payout_currency')
    ]),
    'session_end': ('stg_account__session_ends', 'currency', [('balance', 'currency')]),
    'session_start': ('stg_account__session_starts', 'currency', [('balance', 'currency')]),
    'tournament_finished': ('stg_gameplay__tournament_results', 'prize_currency', [
        ('prize_amount', 'prize_currency')
    ]),
    'tournament_joined': ('stg_gameplay__tournament_entries', 'prize_currency', [
        ('prize_amount', 'prize_currency')
    ]),
    'void': ('stg_gameplay__voids', 'currency', money),
    'wager_complete': ('stg_cashier__wager_completions', 'converted_currency', [
        ('converted_amount', 'converted_currency'), ('forfeited_amount', 'forfeited_currency')
    ]),
    'wager_progress': ('stg_cashier__wager_progress', 'currency', [
        ('contributed', 'currency'), ('required', 'currency')
    ]),
    'wallet_credit': ('stg_cashier__wallet_credits', 'currency', money + [('balance_after', 'currency')]),
    'wallet_debit': ('stg_cashier__wallet_debits', 'currency', money + [('balance_after', 'currency')]),
    'wallet_hold': ('stg_cashier__wallet_holds', 'currency', money),
    'wallet_hold_release': ('stg_cashier__wallet_hold_releases', 'currency', money),
    'withdrawal_approved': ('stg_cashier__withdrawal_approvals', 'currency', money),
    'withdrawal_paid': ('stg_cashier__withdrawals', 'currency', money + fee),
    'withdrawal_request': ('stg_cashier__withdrawal_requests', 'currency', money + [('balance_before', 'currency')]),
} -%}
{#- Of these, amounts that no figure converts: a rate of theirs is not looked for. -#}
{%- set unconverted = [
    'rg_blocked_bet', 'rg_limit_set', 'rg_limit_updated', 'session_end', 'session_start', 'tournament_joined', 'wager_progress'
] -%}
{%- set base = "'" ~ var('reporting_currency') ~ "'" -%}
{#- What is no single amount is looked at in its parts. -#}
{%- set looked_at = {} -%}
{%- for event, (relation, currency, amounts) in priced.items() -%}
    {%- do looked_at.update({event: []}) -%}
    {%- for amount, unit in amounts -%}
        {%- for part in (['cash', 'bonus', 'locked'] if amount == 'components' else ['']) -%}
            {%- do looked_at[event].append((component_amount(amount, part) if part else amount, unit)) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endfor -%}
{%- set nothing = ('cast(null as decimal(28, 8))', 'cast(null as string)') -%}
{%- set places = range(looked_at.values() | map('length') | max) -%}
{%- set if_touched = where_touched_days() -%}

with

currencies as (

    select * from {{ ref('currencies') }}

),

-- Of every event only what is looked at, so that the checks are written down once.
events as (

    {%- for event, (relation, currency, amounts) in priced.items() %}
        select
            event_day,
            '{{ event }}' as event,
            {{ currency if event not in unconverted else 'cast(null as string)' }} as priced_currency,
            fx_rate,
            fx_base,
            {%- for place in places %}
                {%- set amount, unit = looked_at[event][place] or nothing %}
                {{ amount }} as amount_{{ place }},
                {{ unit }} as unit_{{ place }}
                {%- if not loop.last %},{% endif %}
            {%- endfor %}
        from {{ ref(relation) }} {{ if_touched }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

priced as (

    select
        events.event_day,
        events.event,
        count(events.priced_currency) as priced_events,
        count(
            case
                when events.priced_currency = {{ base }} then 1
                when events.fx_base = {{ base }} and events.priced_currency is not null then events.fx_rate
            end
        ) as rated_events,
        count(
            case
                when events.priced_currency = {{ base }} and events.fx_base = {{ base }} and events.fx_rate != 1 then 1
            end
        ) as bad_rate_events,
        count(
            case
                {%- for place in places %}
                    when {{ is_finer_than('events.amount_' ~ place, 'digits_' ~ place ~ '.minor_units') }} then 1
                {%- endfor %}
            end
        ) as too_fine_events
    from events
    {%- for place in places %}
        left join currencies as digits_{{ place }} on events.unit_{{ place }} = digits_{{ place }}.currency
    {%- endfor %}
    group by events.event_day, events.event

)

select * from priced

{#- Every event that carries money under a business key, with the rest of its key where it has one. -#}
{%- set bet = "player_id || ' ' || round_id || ' ' || coalesce(bet_id, round_id)" -%}
{%- set keyed = [
    ('deposit_initiated', 'stg_cashier__deposit_requests', 'deposit_id', 'null', 'amount', 'currency'),
    ('deposit_success', 'stg_cashier__deposits', 'deposit_id', 'null', 'amount', 'currency'),
    ('deposit_declined', 'stg_cashier__deposit_declines', 'deposit_id', 'null', 'amount', 'currency'),
    ('deposit_chargeback', 'stg_cashier__chargebacks', 'deposit_id', 'stage', 'amount', 'currency'),
    ('withdrawal_request', 'stg_cashier__withdrawal_requests', 'withdrawal_id', 'null', 'amount', 'currency'),
    ('withdrawal_approved', 'stg_cashier__withdrawal_approvals', 'withdrawal_id', 'null', 'amount', 'currency'),
    ('withdrawal_paid', 'stg_cashier__withdrawals', 'withdrawal_id', 'null', 'amount', 'currency'),
    ('wallet_debit', 'stg_cashier__wallet_debits', 'txn_id', 'null', 'amount', 'currency'),
    ('wallet_credit', 'stg_cashier__wallet_credits', 'txn_id', 'null', 'amount', 'currency'),
    ('bonus_issued', 'stg_cashier__bonuses', 'bonus_id', 'case when amount < 0 then amount end', 'amount', 'currency'),
    ('bonus_forfeited', 'stg_cashier__bonus_forfeitures', 'bonus_id', 'null', 'amount', 'currency'),
    ('bonus_expired', 'stg_cashier__bonus_expiries', 'bonus_id', 'null', 'amount', 'currency'),
    ('wager_complete', 'stg_cashier__wager_completions', 'bonus_id', 'null', 'converted_amount', 'converted_currency'),
    ('wager_complete', 'stg_cashier__wager_completions', 'bonus_id', 'null', 'forfeited_amount', 'forfeited_currency'),
    ('round_settle', 'stg_gameplay__settlements', 'coalesce(txn_id, event_id)', bet, 'payout_amount', 'payout_currency'),
] -%}

with

events as (

    {%- for event, relation, key, key_part, amount, currency in keyed %}
        select
            '{{ event }}' as event,
            brand,
            {{ key }} as business_key,
            cast({{ key_part }} as string) as key_part,
            {{ amount }} as given_amount,
            {{ currency }} as given_currency,
            '{{ amount }}' as measure,
            event_id,
            event_day
        from {{ ref(relation) }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

compared as (

    select
        *,
        {{ differs_within('same_key', ['given_amount', 'given_currency']) }}
        -- A correction of a bonus has its amount in its key: two under one event id are a conflict all the same.
        or (
            event = 'bonus_issued'
            and {{ differs_within('same_event', ['given_amount', 'given_currency']) }}
        ) as is_conflict
    from events
    window
        same_key as (partition by event, measure, brand, business_key, key_part),
        same_event as (partition by event, measure, brand, business_key, event_id)

),

-- A completion of which both amounts differ is one event, not two.
conflicts as (

    select distinct
        event,
        brand,
        business_key,
        event_id,
        event_day
    from compared
    where is_conflict

)

select * from conflicts

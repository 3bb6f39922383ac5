with

-- An event id that comes again on another day with another correction is one event in conflict, not two corrections.
compared as (

    select
        *,
        {{ differs_within('same_event', ['amount', 'currency']) }} and min(amount) over same_event < 0 as is_torn
    from {{ ref('stg_cashier__bonuses') }}
    window same_event as (partition by brand, bonus_id, event_id)

),

-- A correction below zero stands beside its grant: without a transaction its amount is part of the key, so it is never
-- taken for a copy.
issues as (

    select
        *,
        case when txn_id is null and amount < 0 and not is_torn then amount end as correction_amount,
        case when is_torn then event_id end as torn_event_id
    from compared

),

issued as (

    {{ one_effect_per_key('issues', ['brand', 'bonus_id', 'txn_id', 'correction_amount', 'torn_event_id']) }}

),

forfeited as (

    {{ one_effect_per_key(ref('stg_cashier__bonus_forfeitures'), ['brand', 'bonus_id', 'txn_id']) }}

),

expired as (

    {{ one_effect_per_key(ref('stg_cashier__bonus_expiries'), ['brand', 'bonus_id', 'txn_id']) }}

),

completed as (

    {{ one_effect_per_key(
        ref('stg_cashier__wager_completions'),
        ['brand', 'bonus_id'],
        ['converted_amount', 'converted_currency', 'forfeited_amount', 'forfeited_currency']
    ) }}

),

{% set keys = 'event_id, brand, player_id, jurisdiction, bonus_id, copies, is_conflict, fx_rate, fx_base, event_at' %}
pieces as (

    select 'issued' as kind, currency, amount, {{ keys }} from issued
    union all
    select 'forfeited' as kind, currency, amount, {{ keys }} from forfeited
    union all
    select 'expired' as kind, currency, amount, {{ keys }} from expired
    union all
    select 'converted' as kind, converted_currency as currency, converted_amount as amount, {{ keys }} from completed
    union all
    select 'wager_forfeited' as kind, forfeited_currency as currency, forfeited_amount as amount, {{ keys }}
    from completed
    where forfeited_amount is not null

)

select * from pieces

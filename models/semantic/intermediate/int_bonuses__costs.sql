with

-- An event id that comes again on another day with another correction is one event in conflict, not two corrections.
compared as (

    select
        *,
        {{ differs_within('same_event', ['amount', 'currency']) }} and min(amount) over same_event < 0 as is_torn
    from {{ ref('stg_cashier__bonuses') }}
    window same_event as (partition by brand, bonus_id, event_id)

),

-- A correction below zero stands beside its grant: its amount is part of the key, so it is never taken for a copy.
issues as (

    select
        *,
        case when amount < 0 and not is_torn then amount end as correction_amount,
        case when is_torn then event_id end as torn_event_id
    from compared

),

issued as (

    {{ one_effect_per_key('issues', ['brand', 'bonus_id', 'correction_amount', 'torn_event_id']) }}

),

forfeited as (

    {{ one_effect_per_key(ref('stg_cashier__bonus_forfeitures'), ['brand', 'bonus_id']) }}

),

expired as (

    {{ one_effect_per_key(ref('stg_cashier__bonus_expiries'), ['brand', 'bonus_id']) }}

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

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

valued as (

    select
        pieces.*,
        cast(case when pieces.is_conflict then 0 else pieces.amount end as decimal(38, 8)) as counted_amount,
        {{ rate_to_base('pieces.currency', 'pieces.fx_rate', 'pieces.fx_base', 'rates.rate_to_base') }} as rate,
        {{ gaming_day('pieces.event_at', 'jurisdictions') }} as gaming_day

    from pieces

    left join jurisdictions on pieces.jurisdiction = jurisdictions.jurisdiction

    left join rates
        on
            pieces.currency = rates.currency
            and cast(pieces.event_at as date) = rates.rate_day

),

costs as (

    select

        ---------- ids
        event_id,
        brand,
        player_id,
        bonus_id,

        ---------- strings
        jurisdiction,
        currency,
        kind,

        ---------- money
        counted_amount as amount,
        {{ to_base('counted_amount', 'rate') }} as amount_base,

        ---------- state
        copies,
        is_conflict,

        ---------- times
        event_at as happened_at,
        gaming_day

    from valued

)

select * from costs

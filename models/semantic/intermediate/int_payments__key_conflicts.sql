{#- Every event that carries money under a business key: the id, and the rest of the key where it has one. -#}
{%- set money = ('amount', 'currency') -%}
{%- set keyed = [
    ('deposit_initiated', 'stg_cashier__deposit_requests', 'deposit_id', [], money),
    ('deposit_success', 'stg_cashier__deposits', 'deposit_id', [], money),
    ('deposit_declined', 'stg_cashier__deposit_declines', 'deposit_id', [], money),
    ('deposit_chargeback', 'stg_cashier__chargebacks', 'deposit_id', ['stage'], money),
    ('deposit_refunded', 'stg_cashier__deposit_refunds', 'deposit_id', ['coalesce(txn_id, event_id)'], money),
    ('withdrawal_request', 'stg_cashier__withdrawal_requests', 'withdrawal_id', [], money),
    ('withdrawal_approved', 'stg_cashier__withdrawal_approvals', 'withdrawal_id', [], money),
    ('withdrawal_paid', 'stg_cashier__withdrawals', 'withdrawal_id', [], money),
    ('wallet_debit', 'stg_cashier__wallet_debits', 'txn_id', ['player_id'], money),
    ('wallet_credit', 'stg_cashier__wallet_credits', 'txn_id', ['player_id'], money),
    ('bonus_issued', 'stg_cashier__bonuses', 'bonus_id', [
        'txn_id', 'case when txn_id is null and amount < 0 then amount end'
    ], money),
    ('bonus_forfeited', 'stg_cashier__bonus_forfeitures', 'bonus_id', ['txn_id'], money),
    ('bonus_expired', 'stg_cashier__bonus_expiries', 'bonus_id', ['txn_id'], money),
    ('wager_complete', 'stg_cashier__wager_completions', 'bonus_id', [], ('converted_amount', 'converted_currency')),
    ('wager_complete', 'stg_cashier__wager_completions', 'bonus_id', [], ('forfeited_amount', 'forfeited_currency')),
    ('tournament_finished', 'stg_gameplay__tournament_results', 'tournament_id', ['player_id', 'txn_id'], (
        'prize_amount', 'prize_currency'
    )),
    ('dealer_tip', 'stg_gameplay__dealer_tips', 'coalesce(txn_id, event_id)', ['player_id', 'lower(provider_id)'], money),
] -%}
with

events as (

    {%- for event, relation, key, rest, money in keyed %}
        select
            '{{ event }}' as event,
            brand,
            {{ key }} as business_key,
            cast({{ rest[0] or 'null' }} as string) as second_key,
            cast({{ rest[1] or 'null' }} as string) as third_key,
            {{ money[0] }} as given_amount,
            {{ money[1] }} as given_currency,
            '{{ money[0] }}' as measure,
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
        same_key as (partition by event, measure, brand, business_key, second_key, third_key),
        same_event as (partition by event, measure, brand, business_key, event_id)

),

-- Of bets the keys are judged where they are put together: stakes, settlements, then what else has an amount.
bets as (

    select * from {{ ref('int_bets__states') }} where is_latest and has_stake_conflict

),

stakes as (

    select
        placements.event_id,
        placements.brand,
        coalesce(placements.txn_id, placements.event_id) as business_key,
        cast(placements.placed_at as date) as event_day,
        {{ differs_within('same_stake', ['placements.amount', 'placements.currency']) }} as is_conflict
    from {{ ref('int_bets__placements') }} as placements
    inner join bets using (brand, player_id, issuer_id, round_id, bet_id)
    window same_stake as (
        partition by
            brand, player_id, issuer_id, round_id, bet_id, coalesce(placements.txn_id, placements.event_id),
            placements.wallet_type
    )

),

settlements as (

    select
        events.event_id,
        events.brand,
        settlements.settlement_id as business_key,
        cast(events.event_at as date) as event_day
    from {{ ref('int_bets__settlements') }} as settlements
    inner join {{ ref('int_bets__events') }} as events
        on
            settlements.brand = events.brand
            and settlements.player_id = events.player_id
            and settlements.issuer_id = {{ issuer_or_nobody('events.') }}
            and settlements.round_id = events.round_id
            and settlements.wallet = coalesce(events.wallet, '')
            and settlements.settlement_id = coalesce(events.txn_id, events.event_id)
            and coalesce(settlements.bet_id, '') = coalesce(events.bet_id, '')
    where settlements.is_conflict and settlements.is_latest and events.kind = 'settled'

),

parts as (

    select
        event_id,
        brand,
        case when kind = 'contributed' then 'jackpot_contribution' else 'refund' end as event,
        coalesce(txn_id, event_id) as business_key,
        cast(event_at as date) as event_day,
        {{ differs_within('same_part', ['amount', 'currency']) }} as is_conflict
    from {{ ref('int_bets__events') }}
    where kind in ('contributed', 'partially_refunded')
    window same_part as (
        partition by brand, player_id, issuer_id, round_id, bet_id, kind, pot_id, coalesce(txn_id, event_id)
    )

),

{% set columns = 'brand, business_key, event_id, event_day' -%}
-- A completion of which both amounts differ is one event, not two.
conflicts as (

    select event, {{ columns }} from compared where is_conflict
    union
    select 'bet_place' as event, {{ columns }} from stakes where is_conflict
    union
    select 'round_settle' as event, {{ columns }} from settlements
    union
    select event, {{ columns }} from parts where is_conflict

)

select * from conflicts

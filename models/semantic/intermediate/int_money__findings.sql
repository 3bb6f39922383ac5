{#- What an event is called of which a bet was put together. -#}
{%- set event_names = {
    'accepted': 'bet_accept', 'rejected': 'bet_reject', 'rolled_back': 'bet_rollback',
    'voided': 'void', 'refunded': 'refund', 'partially_refunded': 'refund',
    'settled': 'round_settle', 'unsettled': 'round_unsettle', 'contributed': 'jackpot_contribution',
} -%}
{#- Each finding: its reason, the event, how many, on which day, where it stands, and of which rows. -#}
{%- set findings = [
    ("note", 'event_name', '1', 'event_at', 'events', 'note is not null'),
    ("'possible_repeat'", 'event_name', '1', 'event_at', 'events', 'is_possible_repeat'),
    ("'components_differ'", 'event_name', '1', 'event_at', 'events', 'has_bad_components'),
    ("'unknown_bet'", 'event_name', '1', 'event_at', 'events', "kind = 'contributed' and issuer_id is null and note is null"),
    ("'unmatched_reversal'", 'event_name', '1', 'event_at', 'unmatched', 'true'),
    ("'unmatched_reversal'", "'dealer_tip'", '1', 'tipped_at', 'tips', 'is_unmatched'),
    ("'reversal_amount_differs'", 'event_name', '1', 'event_at', 'reversals', 'amount != standing_amount or has_other_currency'),
    ("'currency_mismatch'", "'bet_place'", '1', 'placed_at', 'bets', 'has_foreign_stake'),
    ("'currency_mismatch'", "'refund'", '1', 'placed_at', 'bets', 'has_foreign_refund'),
    ("'currency_mismatch'", "'round_settle'", '1', 'settled_at', 'orphans', "reason = 'currency_mismatch'"),
    ("'currency_mismatch'", "'round_settle'", '1', 'settled_at', 'bets', 'has_foreign_jackpot and settled_at is not null'),
    ("'currency_mismatch'", "'jackpot_contribution'", '1', 'contributed_at', 'contributions', 'is_foreign'),
    ("'currency_mismatch'", "'deposit_chargeback'", '1', 'charged_back_at', 'chargebacks', 'is_foreign'),
    ("'currency_mismatch'", "'deposit_refunded'", '1', 'refunded_at', 'refunds', 'is_foreign'),
    ("'currency_mismatch'", "'dealer_tip'", '1', 'tipped_at', 'tips', 'is_foreign'),
    ("'possible_repeat'", "'bet_place'", 'possible_repeats', 'placed_at', 'bets', 'possible_repeats > 0'),
    ("'possible_repeat'", "'tournament_finished'", '1', 'won_at', 'prizes', 'is_possible_repeat'),
    ("'components_differ'", "'bet_place'", '1', 'placed_at', 'bets', 'has_bad_components'),
    ("'free_round_without_stake'", "'bet_place'", '1', 'placed_at', 'bets', 'has_free_round_without_stake'),
    ("'jackpot_above_payout'", "'round_settle'", '1', 'settled_at', 'bets', 'has_jackpot_above_payout'),
    ("'unknown_stage'", "'deposit_chargeback'", '1', 'charged_back_at', 'chargebacks', 'is_unknown_stage'),
    ("'unknown_deposit'", "'deposit_chargeback'", '1', 'charged_back_at', 'chargebacks', 'is_unknown_deposit'),
    ("'unknown_deposit'", "'deposit_refunded'", '1', 'refunded_at', 'refunds', 'is_unknown_deposit'),
    ("'above_deposit'", "'deposit_chargeback'", '1', 'charged_back_at', 'chargebacks', 'is_above_deposit'),
    ("'above_deposit'", "'deposit_refunded'", '1', 'refunded_at', 'refunds', 'is_above_deposit'),
    ("'missing_amount'", "'withdrawal_approved'", '1', 'approved_at', 'withdrawals', 'is_missing_amount'),
    ("'amount_too_large'", "'bet_place'", '1', 'placed_at', 'bets', 'has_amount_too_large'),
] -%}
{%- set whens = [] -%}
{%- for kind, event in event_names.items() -%}
    {%- do whens.append("when '" ~ kind ~ "' then '" ~ event ~ "'") -%}
{%- endfor -%}
{%- set event_name = 'case kind ' ~ whens | join(' ') ~ ' end' -%}
with

events as (

    select
        *,
        {{ event_name }} as event_name
    from {{ ref('int_bets__events') }}

),

-- Reversals of a transaction that nobody has: a stake's, or a settlement's.
settlement_txns as (

    select distinct
        brand,
        player_id,
        round_id,
        issuer_id,
        txn_id
    from events
    where kind = 'settled' and txn_id is not null

),

carrying_rounds as (

    select distinct
        brand,
        player_id,
        round_id,
        issuer_id
    from settlement_txns

),

unmatched as (

    select
        brand,
        {{ event_name }} as event_name,
        event_at
    from {{ ref('int_bets__reversals') }}
    where is_latest and reach = 'nothing'

    union all

    select
        events.brand,
        events.event_name,
        events.event_at
    from events
    inner join carrying_rounds using (brand, player_id, round_id, issuer_id)
    left join settlement_txns using (brand, player_id, round_id, issuer_id, txn_id)
    where events.kind = 'unsettled' and events.txn_id is not null and settlement_txns.txn_id is null

),

reversals as (

    select
        *,
        {{ event_name }} as event_name
    from {{ ref('int_bets__reversal_amounts') }}

),

bets as (

    select
        *,
        fx_rate_to_base is not null and (handle_base is null or payout_base is null) as has_amount_too_large
    from {{ ref('int_bets__states') }}
    where is_latest

),

orphans as (

    select * from {{ ref('fct_orphan_settlements') }}

),

contributions as (

    select * from {{ ref('int_bets__contributions') }} where is_latest

),

chargebacks as (

    select * from {{ ref('int_payments__chargebacks') }}

),

refunds as (

    select
        *,
        not is_foreign and amount < step_amount as is_above_deposit
    from {{ ref('int_payments__refunds') }}

),

prizes as (

    select * from {{ ref('fct_prizes') }}

),

tips as (

    select * from {{ ref('fct_tips') }}

),

withdrawals as (

    select * from {{ ref('int_payments__withdrawals') }}

),

findings as (

    {%- for reason, event, number, happened_at, relation, condition in findings %}
        select
            brand,
            {{ event }} as event,
            cast({{ happened_at }} as date) as event_day,
            {{ reason }} as reason,
            {{ number }} as events
        from {{ relation }}
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select * from findings

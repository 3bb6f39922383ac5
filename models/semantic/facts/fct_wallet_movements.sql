{% set txn = ['brand', 'txn_id'] %}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['brand', 'txn_id'], 'int_payments__wallet_events') }}"
) }}

with

events as (

    select * from {{ ref('int_payments__wallet_events') }} {{ where_touched(txn, 'int_payments__wallet_events') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

counted_once as (

    {{ one_effect_per_key('events', ['brand', 'player_id', 'txn_id', 'direction']) }}

),

movements as (

    select

        ---------- ids
        counted_once.brand,
        counted_once.txn_id,
        counted_once.player_id,
        counted_once.ref_id,
        counted_once.reverses_txn_id,

        ---------- strings
        counted_once.direction,
        counted_once.jurisdiction,
        counted_once.currency,
        counted_once.wallet_type,
        counted_once.ref_type,

        ---------- money
        cast(case when counted_once.is_conflict then 0 else counted_once.amount end as decimal(38, 8)) as amount,
        cast(
            case
                when counted_once.is_conflict then 0
                when counted_once.direction = 'debit' then -counted_once.amount
                else counted_once.amount
            end as decimal(38, 8)
        ) as signed_amount,
        cast(counted_once.balance_after as decimal(38, 8)) as balance_after,

        ---------- state
        cast(counted_once.copies as bigint) as copies,
        counted_once.is_conflict,

        ---------- times
        counted_once.event_at as moved_at,
        {{ gaming_day('counted_once.event_at', 'jurisdictions') }} as gaming_day

    from counted_once

    left join jurisdictions on counted_once.jurisdiction = jurisdictions.jurisdiction

)

select * from movements

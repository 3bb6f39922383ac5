{%- set account = 'brand, deposit_id, account_currency' -%}
with

successes as (

    {{ one_effect_per_key(ref('stg_cashier__deposits'), ['brand', 'deposit_id']) }}

),

keyed as (

    select
        *,
        coalesce(txn_id, event_id) as refund_id
    from {{ ref('stg_cashier__deposit_refunds') }}

),

told as (

    {{ one_effect_per_key('keyed', ['brand', 'deposit_id', 'refund_id']) }}

),

held_against as (

    select
        told.event_id,
        told.brand,
        told.deposit_id,
        told.refund_id,
        told.player_id,
        told.jurisdiction,
        coalesce(successes.currency, told.currency) as account_currency,
        told.amount,
        told.fx_rate,
        told.fx_base,
        told.is_conflict,
        told.event_at,
        told.event_day,
        successes.deposit_id is null as is_unknown_deposit,
        coalesce(told.currency != successes.currency, false) as is_foreign,
        case when successes.is_conflict then 0 else successes.amount end as deposit_amount
    from told
    left join successes on told.brand = successes.brand and told.deposit_id = successes.deposit_id

),

-- A refund in another currency gives back all that is left of the deposit.
steps as (

    select
        *,
        case when is_conflict then 0 when is_foreign then deposit_amount else amount end as step_amount,
        row_number() over (partition by {{ account }} order by event_at, refund_id) as step_no
    from held_against

),

balances as (

    select
        *,
        {{ bounded_balance('step_amount', 'deposit_amount', 'partition by ' ~ account ~ ' order by step_no') }}
            as balance
    from steps

),

refunds as (

    select

        ---------- ids
        event_id,
        brand,
        deposit_id,
        refund_id,
        player_id,

        ---------- strings
        jurisdiction,
        account_currency as currency,
        fx_base,

        ---------- money
        balance - coalesce(lag(balance) over (partition by {{ account }} order by step_no), 0) as amount,
        step_amount,

        ---------- rate
        case when not is_foreign then fx_rate end as fx_rate,

        ---------- booleans
        is_conflict,
        is_foreign,
        is_unknown_deposit,

        ---------- times
        event_at as refunded_at,
        event_day

    from balances

)

select * from refunds

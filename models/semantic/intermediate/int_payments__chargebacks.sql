{%- set account = 'brand, deposit_id, account_currency' -%}
with

successes as (

    {{ one_effect_per_key(ref('stg_cashier__deposits'), ['brand', 'deposit_id']) }}

),

told as (

    {{ one_effect_per_key(ref('stg_cashier__chargebacks'), ['brand', 'deposit_id', 'stage']) }}

),

directions as (

    select * from {{ ref('chargeback_stages') }}

),

-- Of a deposit that is not known there is nothing but the chargebacks: each currency of them is an account of its own.
held_against as (

    select
        told.event_id,
        told.brand,
        told.deposit_id,
        told.stage,
        told.player_id,
        told.jurisdiction,
        coalesce(successes.currency, told.currency) as account_currency,
        told.amount,
        told.fx_rate,
        told.fx_base,
        told.is_conflict,
        told.event_at,
        told.event_day,
        coalesce(directions.direction, 'takes') as direction,
        directions.stage is null as is_unknown_stage,
        successes.deposit_id is null as is_unknown_deposit,
        coalesce(told.currency != successes.currency, false) as is_foreign,
        case when successes.is_conflict then 0 else successes.amount end as deposit_amount
    from told
    left join successes on told.brand = successes.brand and told.deposit_id = successes.deposit_id
    left join directions on told.stage = directions.stage

),

-- A stage in another currency cannot be set against the deposit, so it moves the whole of it.
steps as (

    select
        *,
        case direction when 'takes' then 1 when 'gives_back' then -1 else 0 end
        * case when is_conflict then 0 when is_foreign then deposit_amount else amount end as step_amount,
        row_number() over (
            partition by {{ account }}
            order by event_at, case direction when 'takes' then 0 else 1 end, stage, event_id
        ) as step_no
    from held_against

),

balances as (

    select
        *,
        {{ bounded_balance('step_amount', 'deposit_amount', 'partition by ' ~ account ~ ' order by step_no') }}
            as balance
    from steps

),

moved as (

    select
        *,
        balance - coalesce(lag(balance) over (partition by {{ account }} order by step_no), 0) as moved_amount
    from balances

),

chargebacks as (

    select

        ---------- ids
        event_id,
        brand,
        deposit_id,
        player_id,

        ---------- strings
        stage,
        direction,
        jurisdiction,
        account_currency as currency,
        fx_base,

        ---------- money
        moved_amount as amount,
        balance,

        ---------- rate
        case when not is_foreign then fx_rate end as fx_rate,

        ---------- booleans
        is_conflict,
        is_foreign,
        is_unknown_deposit,
        is_unknown_stage,
        coalesce(step_amount > 0 and moved_amount < step_amount and not is_foreign, false) as is_above_deposit,

        ---------- times
        event_at as charged_back_at,
        event_day

    from moved

)

select * from chargebacks

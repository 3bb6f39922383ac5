with

refunds as (

    select * from {{ ref('int_payments__refunds') }}

),

deposits as (

    select * from {{ ref('fct_deposits') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

-- Jurisdiction and means are those of the deposit; what names an unknown one has only its own.
placed as (

    select
        refunds.*,
        case when refunds.is_unknown_deposit then refunds.jurisdiction else deposits.jurisdiction end
            as deposit_jurisdiction,
        coalesce(deposits.player_id, refunds.player_id) as deposit_player_id,
        deposits.method,
        deposits.psp_id,
        deposits.channel
    from refunds
    left join deposits on refunds.brand = deposits.brand and refunds.deposit_id = deposits.deposit_id

),

valued as (

    select
        placed.*,
        {{ rate_to_base('placed.currency', 'placed.fx_rate', 'placed.fx_base', 'rates.rate_to_base') }} as rate,
        {{ gaming_day('placed.refunded_at', 'jurisdictions') }} as gaming_day
    from placed
    left join jurisdictions on placed.deposit_jurisdiction = jurisdictions.jurisdiction
    left join rates on placed.currency = rates.currency and cast(placed.refunded_at as date) = rates.rate_day

),

deposit_refunds as (

    select

        ---------- ids
        brand,
        deposit_id,
        refund_id,
        deposit_player_id as player_id,
        psp_id,

        ---------- strings
        deposit_jurisdiction as jurisdiction,
        currency,
        method,
        channel,

        ---------- money
        cast(amount as decimal(38, 8)) as amount,
        cast({{ to_base('amount', 'rate') }} as decimal(38, 4)) as amount_base,
        cast(step_amount as decimal(38, 8)) as asked_amount,

        ---------- booleans
        is_conflict,
        is_foreign,
        is_unknown_deposit,
        not is_foreign and amount < step_amount as is_above_deposit,

        ---------- times
        refunded_at,
        gaming_day

    from valued

)

select * from deposit_refunds

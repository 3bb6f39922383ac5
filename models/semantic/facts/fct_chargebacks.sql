with

chargebacks as (

    select * from {{ ref('int_payments__chargebacks') }}

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
        chargebacks.*,
        case when chargebacks.is_unknown_deposit then chargebacks.jurisdiction else deposits.jurisdiction end
            as deposit_jurisdiction,
        coalesce(deposits.player_id, chargebacks.player_id) as deposit_player_id,
        deposits.method,
        deposits.psp_id,
        deposits.channel
    from chargebacks
    left join deposits on chargebacks.brand = deposits.brand and chargebacks.deposit_id = deposits.deposit_id

),

valued as (

    select
        placed.*,
        {{ rate_to_base('placed.currency', 'placed.fx_rate', 'placed.fx_base', 'rates.rate_to_base') }} as rate,
        {{ gaming_day('placed.charged_back_at', 'jurisdictions') }} as gaming_day
    from placed
    left join jurisdictions on placed.deposit_jurisdiction = jurisdictions.jurisdiction
    left join rates on placed.currency = rates.currency and cast(placed.charged_back_at as date) = rates.rate_day

),

chargeback_stages as (

    select

        ---------- ids
        brand,
        deposit_id,
        event_id,
        deposit_player_id as player_id,
        psp_id,

        ---------- strings
        stage,
        direction,
        deposit_jurisdiction as jurisdiction,
        currency,
        method,
        channel,

        ---------- money
        cast(amount as decimal(38, 8)) as amount,
        cast({{ to_base('amount', 'rate') }} as decimal(38, 4)) as amount_base,
        cast(balance as decimal(38, 8)) as balance,

        ---------- booleans
        is_conflict,
        is_foreign,
        is_unknown_deposit,
        is_unknown_stage,
        is_above_deposit,

        ---------- times
        charged_back_at,
        gaming_day

    from valued

)

select * from chargeback_stages

with

judged as (

    select * from {{ ref('int_payments__deposits') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

fees as (

    {{ dated('psp_fees', 'step, psp_id, method') }}

),

deposits as (

    select

        ---------- ids
        judged.brand,
        judged.deposit_id,
        judged.player_id,
        judged.psp_id,
        judged.instrument_fingerprint,

        ---------- strings
        judged.jurisdiction,
        judged.currency,
        judged.method,
        judged.channel,
        judged.instrument_type,
        judged.three_ds,
        judged.status,
        judged.declined_by,
        judged.decline_code,
        coalesce(judged.fee_currency, judged.currency) as fee_currency,
        judged.fx_base,

        ---------- money
        cast(judged.amount as decimal(38, 8)) as amount,
        {{ to_base(
            'judged.amount',
            rate_to_base('judged.currency', 'judged.fx_rate', 'judged.fx_base', 'rates.rate_to_base')
        ) }} as amount_base,
        cast(judged.requested_amount as decimal(38, 8)) as requested_amount,
        cast(
            case
                when judged.succeeded_at is null then null
                when judged.fee_amount is not null then judged.fee_amount
                else {{ psp_fee('judged.amount', 'judged.currency', 'fees') }}
            end as decimal(38, 8)
        ) as fee_amount,
        cast(judged.charged_back_amount as decimal(38, 8)) as charged_back_amount,
        cast(judged.refunded_amount as decimal(38, 8)) as refunded_amount,

        ---------- rate
        cast(judged.fx_rate as decimal(38, 18)) as fx_rate,

        ---------- booleans
        judged.is_conflict,
        judged.succeeded_at is not null and judged.success_no = 1 as is_first_deposit,

        ---------- times
        judged.requested_at,
        judged.succeeded_at,
        judged.declined_at,
        judged.charged_back_at,
        judged.refunded_at,
        judged.booked_at,
        {{ gaming_day('judged.booked_at', 'jurisdictions') }} as gaming_day

    from judged

    left join jurisdictions on judged.jurisdiction = jurisdictions.jurisdiction

    left join rates
        on
            judged.currency = rates.currency
            and cast(judged.booked_at as date) = rates.rate_day

    left join fees
        on
            fees.step = 'deposit'
            and judged.psp_id = fees.psp_id
            and judged.method = fees.method
            and {{ holds_on('cast(judged.booked_at as date)', 'fees') }}

)

select * from deposits

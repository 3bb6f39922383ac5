with

counted as (

    select * from {{ ref('int_payments__withdrawals') }}

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

withdrawals as (

    select

        ---------- ids
        counted.brand,
        counted.withdrawal_id,
        counted.player_id,
        counted.psp_id,
        counted.instrument_fingerprint,

        ---------- strings
        counted.jurisdiction,
        counted.currency,
        counted.method,
        counted.channel,
        counted.instrument_type,
        case when counted.is_paid_out and counted.returned_at is not null then 'returned' else counted.status end
            as status,
        coalesce(counted.fee_currency, counted.currency) as fee_currency,
        counted.fx_base,

        ---------- money
        cast(case when counted.is_paid_out then counted.deciding_amount else 0 end as decimal(38, 8)) as amount,
        {{ to_base(
            'case when counted.is_paid_out then counted.deciding_amount else 0 end',
            rate_to_base('counted.currency', 'counted.fx_rate', 'counted.fx_base', 'rates.rate_to_base')
        ) }} as amount_base,
        cast(
            case when counted.is_paid_out and counted.returned_at is not null then counted.deciding_amount else 0 end
            as decimal(38, 8)
        ) as returned_amount,
        cast(counted.requested_amount as decimal(38, 8)) as requested_amount,
        cast(
            case
                when not counted.is_paid_out then null
                when counted.fee_amount is not null then counted.fee_amount
                else {{ psp_fee('counted.deciding_amount', 'counted.currency', 'fees') }}
            end as decimal(38, 8)
        ) as fee_amount,

        ---------- rate
        cast(counted.fx_rate as decimal(38, 18)) as fx_rate,

        ---------- booleans
        counted.is_paid_out,
        counted.is_conflict,

        ---------- times
        counted.requested_at,
        counted.approved_at,
        counted.paid_at,
        counted.declined_at,
        counted.cancelled_at,
        case when counted.is_paid_out then counted.returned_at end as returned_at,
        counted.booked_at,
        {{ gaming_day('counted.booked_at', 'jurisdictions') }} as gaming_day,
        case when counted.is_paid_out then {{ gaming_day('counted.returned_at', 'jurisdictions') }} end as returned_day

    from counted

    left join jurisdictions on counted.jurisdiction = jurisdictions.jurisdiction

    left join rates
        on
            counted.currency = rates.currency
            and cast(counted.booked_at as date) = rates.rate_day

    left join fees
        on
            fees.step = 'withdrawal'
            and counted.psp_id = fees.psp_id
            and counted.method = fees.method
            and {{ holds_on('cast(counted.booked_at as date)', 'fees') }}

)

select * from withdrawals

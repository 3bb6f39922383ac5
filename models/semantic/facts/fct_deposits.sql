with

requests as (

    {{ one_effect_per_key(ref('stg_cashier__deposit_requests'), ['brand', 'deposit_id']) }}

),

successes as (

    {{ one_effect_per_key(ref('stg_cashier__deposits'), ['brand', 'deposit_id']) }}

),

declines as (

    {{ one_effect_per_key(ref('stg_cashier__deposit_declines'), ['brand', 'deposit_id']) }}

),

chargebacks as (

    select * from {{ ref('int_payments__chargebacks') }}

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

keys as (

    select brand, deposit_id from requests
    union
    select brand, deposit_id from successes
    union
    select brand, deposit_id from declines
    union
    select brand, deposit_id from chargebacks

),

-- A success in conflict leaves no success: nothing of it counts, and the deposit stands where it stood before.
gathered as (

    select
        keys.brand,
        keys.deposit_id,
        coalesce(successes.player_id, requests.player_id, declines.player_id, chargebacks.player_id) as player_id,
        coalesce(successes.jurisdiction, requests.jurisdiction, declines.jurisdiction, chargebacks.jurisdiction) as jurisdiction,
        coalesce(successes.currency, requests.currency, declines.currency, chargebacks.currency) as currency,
        coalesce(successes.method, requests.method) as method,
        coalesce(successes.psp_id, requests.psp_id) as psp_id,
        requests.channel,
        coalesce(successes.instrument_type, requests.instrument_type) as instrument_type,
        coalesce(successes.instrument_fingerprint, requests.instrument_fingerprint) as instrument_fingerprint,
        successes.three_ds,
        declines.declined_by,
        declines.code as decline_code,
        coalesce(successes.is_conflict, false) as is_conflict,
        case when successes.is_conflict then 0 else coalesce(successes.amount, 0) end as amount,
        coalesce(requests.amount, declines.amount) as requested_amount,
        case when not successes.is_conflict then successes.fee_amount end as fee_amount,
        case when not successes.is_conflict then successes.fee_currency end as fee_currency,
        coalesce(chargebacks.charged_back_amount, 0) as charged_back_amount,
        successes.fx_rate,
        successes.fx_base,
        requests.event_at as requested_at,
        case when not successes.is_conflict then successes.event_at end as succeeded_at,
        declines.event_at as declined_at,
        chargebacks.charged_back_at,
        successes.event_at as first_success_at

    from keys

    left join requests on keys.brand = requests.brand and keys.deposit_id = requests.deposit_id

    left join successes on keys.brand = successes.brand and keys.deposit_id = successes.deposit_id

    left join declines on keys.brand = declines.brand and keys.deposit_id = declines.deposit_id

    left join chargebacks on keys.brand = chargebacks.brand and keys.deposit_id = chargebacks.deposit_id

),

placed_in_time as (

    select
        gathered.*,
        coalesce(succeeded_at, declined_at, requested_at, first_success_at, charged_back_at) as booked_at,
        case
            when succeeded_at is not null and charged_back_at is not null then 'charged_back'
            when succeeded_at is not null then 'succeeded'
            when declined_at is not null then 'declined'
            else 'initiated'
        end as status,
        row_number() over (
            partition by brand, player_id
            order by case when succeeded_at is null then 1 else 0 end, succeeded_at, deposit_id
        ) as success_no
    from gathered

),

deposits as (

    select

        ---------- ids
        placed_in_time.brand,
        placed_in_time.deposit_id,
        placed_in_time.player_id,
        placed_in_time.psp_id,
        placed_in_time.instrument_fingerprint,

        ---------- strings
        placed_in_time.jurisdiction,
        placed_in_time.currency,
        placed_in_time.method,
        placed_in_time.channel,
        placed_in_time.instrument_type,
        placed_in_time.three_ds,
        placed_in_time.status,
        placed_in_time.declined_by,
        placed_in_time.decline_code,
        coalesce(placed_in_time.fee_currency, placed_in_time.currency) as fee_currency,

        ---------- money
        cast(placed_in_time.amount as decimal(38, 4)) as amount,
        {{ to_base(
            'placed_in_time.amount',
            rate_to_base('placed_in_time.currency', 'placed_in_time.fx_rate', 'placed_in_time.fx_base', 'rates.rate_to_base')
        ) }} as amount_base,
        cast(placed_in_time.requested_amount as decimal(38, 4)) as requested_amount,
        cast(
            case
                when placed_in_time.succeeded_at is null then null
                when placed_in_time.fee_amount is not null then placed_in_time.fee_amount
                else {{ psp_fee('placed_in_time.amount', 'placed_in_time.currency', 'fees') }}
            end as decimal(38, 4)
        ) as fee_amount,
        cast(placed_in_time.charged_back_amount as decimal(38, 4)) as charged_back_amount,

        ---------- booleans
        placed_in_time.is_conflict,
        placed_in_time.succeeded_at is not null and placed_in_time.success_no = 1 as is_first_deposit,

        ---------- times
        placed_in_time.requested_at,
        placed_in_time.succeeded_at,
        placed_in_time.declined_at,
        placed_in_time.charged_back_at,
        {{ gaming_day('placed_in_time.booked_at', 'jurisdictions') }} as gaming_day

    from placed_in_time

    left join jurisdictions on placed_in_time.jurisdiction = jurisdictions.jurisdiction

    left join rates
        on
            placed_in_time.currency = rates.currency
            and cast(placed_in_time.booked_at as date) = rates.rate_day

    left join fees
        on
            fees.step = 'deposit'
            and placed_in_time.psp_id = fees.psp_id
            and placed_in_time.method = fees.method
            and {{ holds_on('cast(placed_in_time.booked_at as date)', 'fees') }}

)

select * from deposits

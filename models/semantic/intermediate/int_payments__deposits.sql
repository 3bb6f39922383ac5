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

stages as (

    select
        *,
        min(currency) over (partition by brand, deposit_id) as first_currency
    from {{ ref('int_payments__chargebacks') }}
    where not is_conflict and direction != 'none'

),

-- What is held against the deposit in the end, and since when anything was.
chargebacks as (

    select
        brand,
        deposit_id,
        min(player_id) as player_id,
        min(jurisdiction) as jurisdiction,
        min(currency) as currency,
        sum(case when currency = first_currency then amount else 0 end) as charged_back_amount,
        min(case when direction = 'takes' then charged_back_at end) as charged_back_at,
        min(charged_back_at) as first_stage_at
    from stages
    group by brand, deposit_id

),

refunds as (

    select
        brand,
        deposit_id,
        sum(amount) as refunded_amount,
        min(refunded_at) as refunded_at
    from {{ ref('int_payments__refunds') }}
    where not is_unknown_deposit and not is_conflict
    group by brand, deposit_id

),

keys as (

    select
        brand,
        deposit_id
    from requests
    union
    select
        brand,
        deposit_id
    from successes
    union
    select
        brand,
        deposit_id
    from declines
    union
    select
        brand,
        deposit_id
    from chargebacks

),

-- A success in conflict leaves no success: nothing of it counts, and the deposit stands where it stood before.
gathered as (

    select
        keys.brand,
        keys.deposit_id,
        coalesce(successes.player_id, requests.player_id, declines.player_id, chargebacks.player_id) as player_id,
        coalesce(successes.jurisdiction, requests.jurisdiction, declines.jurisdiction, chargebacks.jurisdiction)
            as jurisdiction,
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
        coalesce(refunds.refunded_amount, 0) as refunded_amount,
        successes.fx_rate,
        successes.fx_base,
        requests.event_at as requested_at,
        case when not successes.is_conflict then successes.event_at end as succeeded_at,
        declines.event_at as declined_at,
        chargebacks.charged_back_at,
        chargebacks.first_stage_at,
        refunds.refunded_at,
        successes.event_at as first_success_at

    from keys

    left join requests on keys.brand = requests.brand and keys.deposit_id = requests.deposit_id

    left join successes on keys.brand = successes.brand and keys.deposit_id = successes.deposit_id

    left join declines on keys.brand = declines.brand and keys.deposit_id = declines.deposit_id

    left join chargebacks on keys.brand = chargebacks.brand and keys.deposit_id = chargebacks.deposit_id

    left join refunds on keys.brand = refunds.brand and keys.deposit_id = refunds.deposit_id

),

judged as (

    select
        gathered.*,
        coalesce(
            gathered.succeeded_at,
            gathered.declined_at,
            gathered.requested_at,
            gathered.first_success_at,
            gathered.first_stage_at
        ) as booked_at,
        case
            when gathered.succeeded_at is not null and gathered.charged_back_amount > 0 then 'charged_back'
            when gathered.succeeded_at is not null then 'succeeded'
            when gathered.declined_at is not null then 'declined'
            else 'initiated'
        end as status,
        row_number() over (
            partition by gathered.brand, gathered.player_id
            order by
                case when gathered.succeeded_at is null then 1 else 0 end, gathered.succeeded_at, gathered.deposit_id
        ) as success_no
    from gathered

)

select * from judged

with

deposits as (

    select * from {{ ref('fct_deposits') }} where not is_conflict

),

withdrawals as (

    select * from {{ ref('fct_withdrawals') }} where not is_conflict and is_paid_out

),

chargebacks as (

    select * from {{ ref('fct_chargebacks') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

-- The rate of a payment is that of its own currency: a fee in another currency has none but the seed's.
fees as (

    {% for payments in ['deposits', 'withdrawals'] %}
        select
            gaming_day,
            brand,
            player_id,
            jurisdiction,
            coalesce(fee_currency, currency) as currency,
            fee_amount as amount,
            case when coalesce(fee_currency, currency) = currency then fx_rate end as fx_rate,
            fx_base,
            booked_at
        from {{ payments }}
        where fee_amount != 0
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

costs as (

    select
        fees.gaming_day,
        fees.brand,
        fees.player_id,
        fees.jurisdiction,
        fees.currency,
        'psp_fee' as line,
        fees.amount,
        {{ to_base(
            'fees.amount', rate_to_base('fees.currency', 'fees.fx_rate', 'fees.fx_base', 'rates.rate_to_base')
        ) }} as amount_base
    from fees
    left join rates on fees.currency = rates.currency and cast(fees.booked_at as date) = rates.rate_day

    union all

    -- Each change of what is held against a deposit, on its own day: a day that is closed does not change when a later
    -- stage comes.
    select
        gaming_day,
        brand,
        player_id,
        jurisdiction,
        currency,
        'chargebacks' as line,
        amount,
        amount_base
    from chargebacks
    where amount != 0

)

select * from costs

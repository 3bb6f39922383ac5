{%- set columns = [
    'brand', 'withdrawal_id', 'player_id', 'psp_id', 'jurisdiction', 'currency', 'method', 'channel', 'fx_rate', 'fx_base'
] | join(', ') -%}
with

withdrawals as (

    select * from {{ ref('fct_withdrawals') }} where is_paid_out

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

-- Paid on one day, and come back on another.
movements as (

    select
        {{ columns }},
        amount,
        1 as payouts,
        booked_at as moved_at,
        gaming_day
    from withdrawals

    union all

    select
        {{ columns }},
        -returned_amount as amount,
        0 as payouts,
        returned_at as moved_at,
        returned_day as gaming_day
    from withdrawals
    where returned_at is not null

),

valued as (

    select
        movements.*,
        {{ to_base(
            'movements.amount',
            rate_to_base('movements.currency', 'movements.fx_rate', 'movements.fx_base', 'rates.rate_to_base')
        ) }} as amount_base
    from movements
    left join rates
        on movements.currency = rates.currency and cast(movements.moved_at as date) = rates.rate_day

)

select * from valued

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['brand', 'player_id', 'round_id'], 'int_bets__events') }}",
    post_hook="{{ mark_built() }}"
) }}
{% set amounts = [
    'handle_amount', 'settled_amount', 'payout_amount', 'settled_bonus_amount', 'bonus_payout_amount',
    'handle_base', 'settled_base', 'payout_base', 'settled_bonus_base', 'bonus_payout_base'
] %}

with

states as (

    select * from {{ ref('int_bets__known_by_day') }}

),

based as (

    select
        *,
        {%- for amount in amounts[:5] %}
            {{ to_base(amount, 'fx_rate_to_base') }} as {{ amount | replace('_amount', '_base') }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from states

),

changes as (

    select
        brand,
        player_id,
        given_round_id as round_id,
        bet_id,
        provider_id,
        jurisdiction,
        currency,
        fx_rate_to_base,
        gaming_day as bet_day,
        booked_day as gaming_day,
        {%- for amount in amounts %}
            cast(
                {{ amount }} - coalesce(lag({{ amount }}) over earlier, 0) as decimal(38, 8)
            ) as {{ amount }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from based
    window earlier as (partition by brand, player_id, given_round_id, bet_id order by booked_day)

),

bookings as (

    select *
    from changes
    where
        {% for amount in amounts[:5] -%}
            {{ "or " if not loop.first }}{{ amount }} <> 0
        {% endfor %}

)

select * from bookings

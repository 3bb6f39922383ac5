{{ config(materialized='table') }}
{% set amounts = [
    'handle_amount', 'settled_amount', 'payout_amount', 'network_payout_amount', 'settled_bonus_amount', 'bonus_payout_amount',
    'network_cash_payout_amount',
    'handle_base', 'settled_base', 'payout_base', 'network_payout_base', 'settled_bonus_base', 'bonus_payout_base', 'network_cash_payout_base'
] %}
{%- set bet = 'brand, player_id, issuer_id, round_id, bet_id' -%}
with

states as (

    select
        *,
        case when is_counted then 1 else 0 end as counted
    from {{ ref('int_bets__states') }}
    where as_of_day != cast('9999-12-31' as date)

),

changes as (

    select
        {{ bet }},
        game_id,
        provider_id,
        jurisdiction,
        currency,
        fx_rate_to_base,
        gaming_day as bet_day,
        as_of_day as gaming_day,
        counted - coalesce(lag(counted) over earlier, 0) as counted_bets,
        {%- for amount in amounts %}
            cast(
                {{ amount }} - coalesce(lag({{ amount }}) over earlier, 0)
                as decimal(38, {{ 8 if 'amount' in amount else 4 }})
            ) as {{ amount }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from states
    window earlier as (partition by {{ bet }} order by as_of_day)

),

bookings as (

    select *
    from changes
    where
        counted_bets != 0
        {%- for amount in amounts[:6] %}
            or {{ amount }} != 0
        {%- endfor %}

)

select * from bookings

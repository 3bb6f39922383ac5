{% set amounts = ['handle', 'settled', 'payout', 'settled_bonus', 'bonus_payout'] %}
{%- set columns = ['brand', 'player_id', 'gaming_day', 'jurisdiction', 'currency', 'provider_id'] -%}
{%- for amount in amounts %}
    {%- do columns.append(amount ~ '_amount') %}
    {%- do columns.append(amount ~ '_base') %}
{%- endfor %}
with

counted_bets as (

    select * from {{ ref('fct_bets') }} where is_counted

),

bookings as (

    select * from {{ ref('int_bets__bookings') }}

),

-- Of most rounds nothing happened on a second day: for them the two clocks are one.
rebooked as (

    select distinct
        brand,
        player_id,
        round_id
    from bookings

),

bets as (

    select
        case when rebooked.round_id is null then 'both' else 'restated' end as clock,
        counted_bets.*,
        case when counted_bets.is_settled then counted_bets.handle_amount else 0 end as settled_amount,
        case when counted_bets.is_settled then counted_bets.bonus_stake_amount else 0 end as settled_bonus_amount
    from counted_bets
    left join rebooked using (brand, player_id, round_id)

),

based as (

    select
        *,
        case when is_settled then handle_base when fx_rate_to_base is not null then 0 end as settled_base,
        {%- for amount in ['settled_bonus', 'bonus_payout'] %}
            case
                when {{ amount }}_amount <> 0 then {{ to_base(amount ~ '_amount', 'fx_rate_to_base') }}
                when fx_rate_to_base is not null then 0
            end as {{ amount }}_base
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from bets

),

clocked as (

    select
        clock,
        {{ columns | join(',\n        ') }}
    from based

    union all

    select
        'booked' as clock,
        {{ columns | join(',\n        ') }}
    from bookings

)

select * from clocked

{% set amounts = ['handle', 'settled', 'payout', 'settled_bonus', 'bonus_payout'] %}
{%- set keys = ['brand', 'player_id', 'jurisdiction', 'currency', 'provider_id'] -%}
{%- set columns = [] -%}
{%- for amount in amounts %}
    {%- do columns.append(amount ~ '_amount') %}
    {%- do columns.append(amount ~ '_base') %}
{%- endfor %}
with

counted_bets as (

    select * from {{ ref('fct_bets') }} where is_counted

),

bets as (

    select
        *,
        case when is_settled then handle_amount else 0 end as settled_amount,
        case when is_settled then bonus_stake_amount else 0 end as settled_bonus_amount
    from counted_bets

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

-- What was booked on another day than the bet's own is moved there. The bookings are named in each branch, not once
-- above: a CTE that is used twice is kept apart, and readers who want three columns would read all of every bet.
clocked as (

    select
        'both' as clock,
        gaming_day,
        {{ (keys + columns) | join(',\n        ') }}
    from based

    {% for day, sign in [('gaming_day', ''), ('bet_day', '-')] %}
        union all

        select
            'booked' as clock,
            {{ day }} as gaming_day,
            {{ keys | join(',\n            ') }},
            {%- for column in columns %}
                {{ sign }}{{ column }} as {{ column }}
                {%- if not loop.last %},{% endif %}
            {%- endfor %}
        from {{ ref('int_bets__bookings') }}
        where gaming_day <> bet_day
    {%- endfor %}

)

select * from clocked

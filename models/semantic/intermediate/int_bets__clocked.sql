{% set amounts = [
    'handle', 'settled', 'payout', 'network_payout', 'network_cash_payout', 'settled_bonus', 'bonus_payout'
] %}
{%- set keys = ['brand', 'player_id', 'game_id', 'jurisdiction', 'currency', 'provider_id'] -%}
{%- set columns = [] -%}
{%- for amount in amounts %}
    {%- do columns.append(amount ~ '_amount') %}
    {%- do columns.append(amount ~ '_base') %}
{%- endfor %}
with

bets as (

    select * from {{ ref('int_bets__states') }} where is_latest and is_counted

),

-- What was booked on another day than the bet's own is moved there. The bookings are named in each branch, not once
-- above: a CTE that is used twice is kept apart, and readers who want three columns would read all of every bet.
clocked as (

    select
        'both' as clock,
        gaming_day,
        {{ (keys + columns) | join(',\n        ') }}
    from bets

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

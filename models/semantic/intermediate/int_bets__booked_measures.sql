{% set by = 'gaming_day, jurisdiction, currency' %}
{#- Each measure of play: its amount, and the same in the reporting currency. -#}
{%- set measures = {
    'placed_stakes': ['handle_amount', 'handle_base'],
    'settled_stakes': ['settled_amount', 'settled_base'],
    'settled_cash_stakes': ['settled_amount - settled_bonus_amount', 'settled_base - settled_bonus_base'],
    'payouts': ['payout_amount', 'payout_base'],
    'cash_payouts': ['payout_amount - bonus_payout_amount', 'payout_base - bonus_payout_base'],
    'network_wins': ['network_payout_amount', 'network_payout_base'],
    'network_cash_wins': ['network_cash_payout_amount', 'network_cash_payout_base'],
} -%}
with

played as (

    select * from {{ ref('int_bets__clocked') }}

),

lines as (

    select * from {{ ref('int_bets__cost_lines') }}

),

commissions as (

    select * from {{ ref('int_bets__commissions') }}

),

conversions as (

    select * from {{ ref('int_bonuses__costs') }} where kind = 'converted'

),

sums as (

    select
        {{ by }},
        {%- for measure, amounts in measures.items() %}
            sum({{ amounts[0] }}) as {{ measure }},
            {{ sum_known(amounts[1]) }} as {{ measure }}_base
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from played
    group by {{ by }}

),

costs as (

    -- What a network's pot paid is the one line that comes back.
    select
        {{ by }},
        case when line = 'jackpot_paid_by_network' then -amount else amount end as amount,
        case when line = 'jackpot_paid_by_network' then -amount_base else amount_base end as amount_base
    from lines

    union all

    select
        {{ by }},
        amount,
        amount_base
    from commissions

),

booked_measures as (

    {%- for measure in measures %}
        select
            {{ by }},
            '{{ measure }}' as measure,
            cast({{ measure }} as decimal(38, 14)) as amount,
            cast({{ measure }}_base as decimal(38, 14)) as amount_base
        from sums
        union all
    {%- endfor %}

    select
        {{ by }},
        'converted_bonus' as measure,
        cast(sum(amount) as decimal(38, 14)) as amount,
        cast({{ sum_known('amount_base') }} as decimal(38, 14)) as amount_base
    from conversions
    group by {{ by }}

    union all

    -- Rounded by nobody yet, so that how costs were grouped on the way cannot change a month.
    select
        {{ by }},
        'ngr_lines' as measure,
        cast(sum(amount) as decimal(38, 14)) as amount,
        case when count(*) = count(amount_base) then cast(sum(amount_base) as decimal(38, 14)) end as amount_base
    from costs
    group by {{ by }}

)

select * from booked_measures

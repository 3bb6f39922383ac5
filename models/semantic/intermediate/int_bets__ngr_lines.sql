{{ config(materialized='table') }}
{% set grain = 'gaming_day, brand, player_id, jurisdiction, currency' %}
with

lines as (

    select
        clock,
        {{ grain }},
        line,
        amount,
        amount_base
    from {{ ref('int_bets__cost_lines') }}

    union all

    select
        clock,
        {{ grain }},
        'affiliate_commission' as line,
        amount,
        amount_base
    from {{ ref('int_bets__commissions') }}

),

-- Each rounded once, half away from zero. What the network paid is no cost: it comes back.
ngr_lines as (

    select
        {{ grain }},
        line,
        cast(sum(amount) as decimal(38, 8)) as amount,
        {{ sum_known('amount_base') }} as amount_base,
        case when line = 'jackpot_paid_by_network' then -1 else 1 end as cost_sign
    from lines
    where clock = 'both'
    group by {{ grain }}, line

)

select * from ngr_lines

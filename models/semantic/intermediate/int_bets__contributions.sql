{{ config(materialized='table') }}
{%- set round = 'brand, player_id, issuer_id, round_id, as_of_day' -%}
{%- set bet = round ~ ', bet_id' -%}
{%- set payment = 'currency, contributed_at, own_rate' -%}
with

events as (

    select * from {{ ref('int_bets__events') }} where kind = 'contributed' and issuer_id is not null

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

days as (

    select * from {{ ref('int_bets__days') }}

),

bets as (

    select
        *,
        stake_amount as weight
    from {{ ref('int_bets__states') }}

),

known as (

    {{ by_day('events', 'event_at', 'days') }}

),

-- The same transaction to the same pot is the same contribution; with another amount it counts nothing.
once as (

    select
        {{ round }},
        bet_id is null as is_of_round,
        max(bet_id) as bet_id,
        max(currency) as currency,
        max(amount) as amount,
        max(fx_rate) as fx_rate,
        max(fx_base) as fx_base,
        min(event_at) as contributed_at
    from known
    group by {{ round }}, bet_id is null, coalesce(bet_id, ''), pot_id, coalesce(txn_id, event_id)
    having min(amount) = max(amount) and min(currency) = max(currency)

),

-- Days begin on a whole minute, so what a minute brought may be added up before it is shared out.
contributions as (

    select
        {{ round }},
        once.is_of_round,
        once.bet_id,
        once.currency,
        date_trunc('minute', once.contributed_at) as contributed_at,
        {{ rate_to_base('once.currency', 'once.fx_rate', 'once.fx_base', 'rates.rate_to_base') }} as own_rate,
        once.amount
    from once
    left join rates on once.currency = rates.currency and cast(once.contributed_at as date) = rates.rate_day

),

round_contributions as (

    select
        {{ round }},
        {{ payment }},
        sum(amount) as amount
    from contributions
    where is_of_round
    group by {{ round }}, {{ payment }}

),

shares as (

    {{ split_by_stake('round_contributions', 'bets', round, ['amount'], payment) }}

),

parts as (

    select {{ bet }}, {{ payment }}, amount from contributions where not is_of_round
    union all
    select {{ bet }}, {{ payment }}, amount from shares

),

-- It stands on the day of its bet, and belongs to it, by the end of each day on which something became known.
booked as (

    select
        {{ bet }},
        bets.game_id,
        bets.provider_id,
        bets.jurisdiction,
        parts.currency,
        cast(parts.amount as decimal(38, 8)) as amount,
        case when parts.currency = bets.currency then bets.fx_rate_to_base else parts.own_rate end as fx_rate_to_base,
        bets.is_counted,
        bets.is_latest,
        parts.currency != bets.currency as is_foreign,
        parts.contributed_at,
        bets.gaming_day as bet_day
    from parts
    inner join bets using ({{ bet }})
    where parts.amount != 0

)

select * from booked

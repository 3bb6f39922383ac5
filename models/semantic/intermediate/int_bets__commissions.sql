{{ config(materialized='table') }}
{% set grain = 'gaming_day, brand, player_id, jurisdiction, currency' %}
with

clocked as (

    select * from {{ ref('int_bets__clocked') }}

),

lines as (

    select * from {{ ref('int_bets__cost_lines') }} where line = 'bonus_cost'

),

deposits as (

    select * from {{ ref('fct_deposits') }} where is_first_deposit and not is_conflict

),

referred as (

    select
        brand,
        player_id,
        affiliate_id
    from {{ ref('int_players__registrations') }}
    where affiliate_id is not null

),

deals as (

    {{ dated('affiliate_deals', 'affiliate_id, brand, model') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

policies as (

    select * from {{ ref('int_revenue__policies') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

-- What a share is taken of: gross gaming revenue, without what a network's pot paid, less the bonus, as the policy
-- costs it.
earned as (

    select
        clock,
        {{ grain }},
        settled_amount - payout_amount + network_payout_amount as amount,
        settled_base - payout_base + network_payout_base as amount_base
    from clocked
    where settled_amount != 0 or payout_amount != 0

    union all

    select
        clock,
        {{ grain }},
        -cast(amount as decimal(38, 8)) as amount,
        -cast(amount_base as decimal(38, 4)) as amount_base
    from lines

),

revenue as (

    select
        earned.clock,
        {{ grain }},
        referred.affiliate_id,
        sum(earned.amount) as amount,
        {{ sum_known('earned.amount_base') }} as amount_base
    from earned
    inner join referred using (brand, player_id)
    group by earned.clock, {{ grain }}, referred.affiliate_id

),

owed as (

    select
        revenue.clock,
        revenue.gaming_day,
        revenue.brand,
        revenue.player_id,
        revenue.jurisdiction,
        revenue.currency,
        deals.affiliate_id,
        deals.model,
        {{ share_or_null('revenue.amount', 'deals.rate') }} as amount,
        {{ share_or_null('revenue.amount_base', 'deals.rate') }} as amount_base
    from revenue
    inner join deals
        on
            deals.model = 'revshare'
            and revenue.affiliate_id = deals.affiliate_id
            and revenue.brand = deals.brand
            and {{ holds_on('revenue.gaming_day', 'deals') }}

    union all

    select
        'both' as clock,
        deposits.gaming_day,
        deposits.brand,
        deposits.player_id,
        deposits.jurisdiction,
        deals.currency,
        deals.affiliate_id,
        deals.model,
        cast(deals.cpa_amount as decimal(38, 14)) as amount,
        cast(
            {{ to_base('deals.cpa_amount', rate_to_base('deals.currency', 'null', 'null', 'rates.rate_to_base')) }}
            as decimal(38, 14)
        ) as amount_base
    from deposits
    inner join referred using (brand, player_id)
    inner join deals
        on
            deals.model = 'cpa'
            and referred.affiliate_id = deals.affiliate_id
            and deposits.brand = deals.brand
            and {{ holds_on('deposits.gaming_day', 'deals') }}
    left join rates
        on deals.currency = rates.currency and cast(deposits.succeeded_at as date) = rates.rate_day

),

commissions as (

    select owed.*
    from owed
    left join jurisdictions on owed.jurisdiction = jurisdictions.jurisdiction
    inner join policies
        on
            coalesce(jurisdictions.jurisdiction, 'XX') = policies.jurisdiction
            and {{ holds_on('owed.gaming_day', 'policies') }}
            and policies.affiliate_commission

)

select * from commissions

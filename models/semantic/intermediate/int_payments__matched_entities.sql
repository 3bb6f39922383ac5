{{ config(materialized='table') }}

{#- What is said and what is moved: item, amount, where it comes from, and of which rows. -#}
{%- set sources = [
    ("'said_cash'", 'bonus_stake_amount - handle_amount', 'bets', 'true'),
    ("'said_bonus'", '-bonus_stake_amount', 'bets', 'true'),
    ("'said_prize'", 'payout_amount', 'bets', 'true'),
    ("'said_prize'", 'payout_amount', 'part_payouts', 'true'),
    ("'stated_bonus_prize'", 'bonus_payout_amount', 'bets', 'true'),
    ("'cash_bets'", '1', 'bets', 'handle_amount > bonus_stake_amount'),
    ("'open_bets'", '1', 'bets', 'is_counted and not is_settled'),
    ("'settled_bets'", '1', 'bets', 'is_settled'),
    ("'foreign_bets'", '1', 'bets', 'has_currency_mismatch'),
    ("'said_cash'", 'amount', 'deposits', 'true'),
    ("'said_cash'", '-amount', 'withdrawals', 'true'),
    ("'said_cash'", 'amount', 'side_entities', 'true'),
    ("'said_cash'", 'amount', 'bonuses', "kind = 'converted'"),
    ("'said_bonus'", "case when kind = 'issued' then amount else -amount end", 'bonuses', 'true'),
    ("case when is_prize then 'prize_' else 'moved_' end || wallet", 'signed_amount', 'movements', 'true'),
] -%}
{%- set items = [
    'said_cash', 'moved_cash', 'said_bonus', 'moved_bonus', 'said_prize', 'stated_bonus_prize', 'prize_cash', 'prize_bonus',
    'cash_bets', 'open_bets', 'settled_bets', 'foreign_bets'
] -%}
{%- set key = 'entity, brand, player_id, issuer_id, entity_id, gaming_day, currency' %}

with

bets as (

    select
        *,
        'bet' as entity,
        round_id as entity_id
    from {{ ref('fct_bets') }}

),

settlements as (

    select * from {{ ref('int_bets__settlements') }} where is_latest and not is_conflict and not is_orphan

),

open_bets as (

    select
        *,
        row_number() over (partition by brand, player_id, issuer_id, round_id order by bet_id) as bet_no
    from bets
    where is_counted and not is_settled

),

-- Paid into a round that has not ended: it has reached the wallet and is no payout yet.
part_payouts as (

    select
        open_bets.entity,
        open_bets.brand,
        open_bets.player_id,
        open_bets.issuer_id,
        open_bets.entity_id,
        open_bets.gaming_day,
        open_bets.currency,
        settlements.payout_amount
    from settlements
    inner join open_bets
        on
            settlements.brand = open_bets.brand
            and settlements.player_id = open_bets.player_id
            and settlements.issuer_id = open_bets.issuer_id
            and settlements.round_id = open_bets.round_id
            and settlements.currency = open_bets.currency
            and coalesce(settlements.bet_id = open_bets.bet_id, open_bets.bet_no = 1)

),

deposits as (

    select
        *,
        '' as issuer_id,
        'deposit' as entity,
        deposit_id as entity_id
    from {{ ref('fct_deposits') }}

),

withdrawals as (

    select
        *,
        '' as issuer_id,
        'withdrawal' as entity,
        withdrawal_id as entity_id
    from {{ ref('int_payments__payouts') }}

),

side_entities as (

    select
        *,
        '' as issuer_id
    from {{ ref('int_payments__side_entities') }}

),

bonuses as (

    select
        *,
        '' as issuer_id,
        'bonus' as entity,
        bonus_id as entity_id
    from {{ ref('int_bonuses__costs') }}

),

-- Money on its way, taken back by a bank, of bets never seen, or moved by hand is set aside and waits for nothing.
movements as (

    select
        brand,
        player_id,
        entity,
        entity_id,
        currency,
        wallet,
        is_prize,
        signed_amount,
        gaming_day,
        coalesce(issuer_id, '') as issuer_id
    from {{ ref('int_payments__booked_movements') }}
    where entity in ('bet', 'deposit', 'withdrawal', 'bonus', 'tip', 'prize', 'refund', 'unknown')

),

-- Where no bonus wallet sends anything, nothing can be missed in it.
bonus_feeds as (

    select distinct currency
    from movements
    where entity = 'bonus' and wallet = 'bonus'

),

said_and_moved as (

    {%- for item, amount, relation, condition in sources %}
        select
            {{ key }},
            {{ item }} as item,
            {{ amount }} as amount
        from {{ relation }}
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

entities as (

    select
        {%- for item in items %}
            cast(sum(case when item = '{{ item }}' then amount else 0 end) as decimal(38, 8)) as {{ item }},
        {%- endfor %}
        {{ key }}
    from said_and_moved
    where currency is not null
    group by {{ key }}

),

-- A winning seldom says which wallet it went to: where all of it moved, the wallets say it.
compared as (

    select
        entities.*,
        entities.open_bets > 0 as is_open,
        bonus_feeds.currency is null as lacks_bonus_feed,
        entities.prize_cash + entities.prize_bonus = entities.said_prize as has_its_prize
    from entities
    left join bonus_feeds on entities.currency = bonus_feeds.currency

),

matched_entities as (

    select
        *,
        case
            when is_open then 0
            when has_its_prize then prize_bonus
            else stated_bonus_prize
        end as bonus_wins,
        entity <> 'unknown'
        and foreign_bets = 0
        and (open_bets = 0 or settled_bets = 0)
        and moved_cash = said_cash
        and (moved_bonus = said_bonus or (lacks_bonus_feed and moved_bonus = 0))
        and (
            has_its_prize
            or (lacks_bonus_feed and prize_bonus = 0 and prize_cash = said_prize - stated_bonus_prize)
        ) as is_matched
    from compared

)

select * from matched_entities

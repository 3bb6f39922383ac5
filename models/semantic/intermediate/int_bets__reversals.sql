{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent') }}",
    post_hook="{{ mark_built() }}"
) }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent') -%}
{%- set round = 'brand, player_id, issuer_id, round_id' -%}
{%- set known_round = round ~ ', as_of_day' -%}
{%- set reversal = known_round ~ ', kind, event_id, event_at' -%}
with

all_events as (

    select * from {{ ref('int_bets__events') }} {{ if_touched }}

),

all_placements as (

    select * from {{ ref('int_bets__placements') }} {{ if_touched }}

),

days as (

    select * from {{ ref('int_bets__days') }} {{ if_touched }}

),

reversed_rounds as (

    select distinct {{ round }}
    from all_events
    where issuer_id is not null and kind in ('rejected', 'rolled_back', 'voided', 'refunded')

),

events as (

    select all_events.* from all_events inner join reversed_rounds using ({{ round }})

),

placements as (

    select all_placements.* from all_placements inner join reversed_rounds using ({{ round }})

),

said as (

    {{ by_day('events', 'event_at', 'days') }}

),

placed as (

    {{ by_day('placements', 'placed_at', 'days') }}

),

-- One stake is all that one transaction took, from whichever wallets.
stakes as (

    select
        {{ known_round }},
        bet_id,
        coalesce(txn_id, event_id) as stake_id,
        txn_id,
        min(placed_at) as placed_at
    from placed
    group by {{ known_round }}, bet_id, coalesce(txn_id, event_id), txn_id

),

stake_txns as (

    select distinct
        {{ known_round }},
        txn_id
    from stakes
    where txn_id is not null

),

bet_txns as (

    select distinct
        {{ known_round }},
        bet_id,
        txn_id
    from stakes
    where txn_id is not null

),

carrying_bets as (

    select distinct
        {{ known_round }},
        bet_id
    from stakes
    where txn_id is not null

),

settlement_txns as (

    select distinct
        {{ known_round }},
        txn_id
    from said
    where kind = 'settled' and txn_id is not null

),

carrying_rounds as (

    select distinct {{ known_round }} from stake_txns

),

-- What a reversal reaches. A transaction that no stake has names nothing where stakes have some, and says nothing where
-- none has.
reaching as (

    select
        said.*,
        case
            when said.kind not in ('rejected', 'rolled_back') then 'whole'
            when bet_txns.txn_id is not null or (said.bet_id is null and stake_txns.txn_id is not null) then 'stake'
            when said.kind = 'rolled_back' and settlement_txns.txn_id is not null then 'settlement'
            when
                said.txn_id is not null
                and case
                    when said.bet_id is null then carrying_rounds.round_id is not null
                    else carrying_bets.bet_id is not null
                end
                then 'nothing'
            when said.kind = 'rejected' then 'last_stake'
            else 'whole'
        end as reach
    from said
    left join stake_txns using ({{ known_round }}, txn_id)
    left join bet_txns using ({{ known_round }}, bet_id, txn_id)
    left join settlement_txns using ({{ known_round }}, txn_id)
    left join carrying_bets using ({{ known_round }}, bet_id)
    left join carrying_rounds using ({{ known_round }})
    where said.kind in ('rejected', 'rolled_back', 'voided', 'refunded')

),

named as (

    select
        reaching.*,
        stakes.bet_id as stake_bet_id,
        stakes.stake_id
    from reaching
    inner join stakes using ({{ known_round }}, txn_id)
    where reaching.reach = 'stake' and (reaching.bet_id is null or reaching.bet_id = stakes.bet_id)

),

-- The last stake that was placed by then, else the first one after.
moments as (

    select
        {{ reversal }},
        coalesce(
            max(case when stakes.placed_at <= reaching.event_at then stakes.placed_at end),
            min(case when stakes.placed_at > reaching.event_at then stakes.placed_at end)
        ) as placed_at
    from reaching
    inner join stakes using ({{ known_round }})
    where reaching.reach = 'last_stake' and (reaching.bet_id is null or reaching.bet_id = stakes.bet_id)
    group by {{ reversal }}

),

last_stakes as (

    select
        reaching.*,
        stakes.bet_id as stake_bet_id,
        stakes.stake_id,
        row_number() over (partition by {{ reversal }} order by stakes.bet_id desc, stakes.stake_id desc) as stake_no
    from reaching
    inner join moments using ({{ reversal }})
    inner join stakes using ({{ known_round }}, placed_at)
    where reaching.bet_id is null or reaching.bet_id = stakes.bet_id

),

confirmed as (

    select distinct
        {{ known_round }},
        bet_id
    from said
    where kind in ('accepted', 'settled')

),

{% set columns = 'is_latest, amount, currency, changed_seq' %}
met as (

    select {{ reversal }}, {{ columns }}, code, 'stake' as reach, stake_bet_id as bet_id, stake_id from named
    union all
    select {{ reversal }}, {{ columns }}, code, 'stake' as reach, stake_bet_id as bet_id, stake_id from last_stakes
    where stake_no = 1
    union all
    select {{ reversal }}, {{ columns }}, code, reach, bet_id, txn_id as stake_id from reaching
    where reach in ('whole', 'settlement', 'nothing')

),

-- `duplicate` says that a copy was refused: of a bet that was accepted or settled nothing is.
spared as (

    select distinct
        {{ reversal }},
        met.bet_id
    from met
    inner join confirmed using ({{ known_round }})
    where
        met.code = 'duplicate'
        and met.reach = 'stake'
        and (confirmed.bet_id is null or confirmed.bet_id = met.bet_id)

),

reversals as (

    select
        {{ reversal }},
        met.bet_id,
        case when spared.event_id is null then met.reach else 'spared' end as reach,
        met.stake_id,
        {{ columns }}
    from met
    left join spared using ({{ reversal }}, bet_id)

)

select * from reversals

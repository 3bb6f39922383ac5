{{ config(materialized='table') }}

with

named as (

    select * from {{ ref('int_payments__named_movements') }}

),

-- What a movement is looked up by, null where it is of another kind: with a condition on the kind beside the keys,
-- DuckDB compares every movement with every bet.
movements as (

    select
        *,
        case when is_play then key_id end as play_key_id,
        case when is_play then coalesce(key_id, settled_round_id) end as orphan_key_id,
        case when ref_type = 'deposit' then key_id end as named_deposit_id,
        case when ref_type = 'withdrawal' then key_id end as named_withdrawal_id,
        case when ref_type = 'bonus' then key_id end as named_bonus_id,
        case when ref_type in ('tip', 'prize', 'refund') then key_id end as named_side_id
    from named

),

bets as (

    select * from {{ ref('fct_bets') }}

),

{% set keys = ['bet_id', 'round_id'] %}
{% set player = 'brand, player_id' %}
-- What a movement may call a round: a bet of it, or itself. An id that stands for several rounds names none.
callings as (

    {% for key in keys %}
        select
            {{ player }},
            issuer_id,
            round_id,
            {{ key }} as key_id,
            case when bet_id = {{ key }} then gaming_day end as bet_day,
            gaming_day
        from bets
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

names as (

    select
        {{ player }},
        key_id,
        min(issuer_id) as issuer_id,
        min(round_id) as round_id,
        coalesce(min(bet_day), min(gaming_day)) as gaming_day
    from callings
    group by {{ player }}, key_id
    having min(issuer_id) = max(issuer_id) and min(round_id) = max(round_id)

),

rounds as (

    select
        {{ player }},
        issuer_id,
        round_id,
        min(gaming_day) as gaming_day
    from bets
    group by {{ player }}, issuer_id, round_id

),

orphans as (

    {% for key in keys %}
        select
            {{ player }},
            {{ key }} as key_id
        from {{ ref('fct_orphan_settlements') }}
        where reason != 'currency_mismatch'
        {% if not loop.last %}union{% endif %}
    {%- endfor %}

),

deposits as (

    select * from {{ ref('fct_deposits') }}

),

withdrawals as (

    select * from {{ ref('fct_withdrawals') }}

),

bonus_days as (

    select * from {{ ref('int_bonuses__booked_days') }}

),

bonus_ids as (

    select distinct
        brand,
        bonus_id
    from bonus_days

),

side_entities as (

    select * from {{ ref('int_payments__side_entities') }}

),

side_callings as (

    {% for key in ['entity_id', 'other_id'] %}
        select
            {{ player }},
            entity,
            direction,
            {{ key }} as key_id,
            entity_id as called_id,
            gaming_day
        from side_entities
        where {{ key }} is not null
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- An id that stands for several of a kind names none of them.
side_names as (

    select
        {{ player }},
        entity,
        direction,
        key_id,
        min(called_id) as entity_id,
        min(gaming_day) as gaming_day
    from side_callings
    group by {{ player }}, entity, direction, key_id
    having min(called_id) = max(called_id)

),

matched as (

    select
        movements.*,
        coalesce(names.issuer_id, rounds.issuer_id) as issuer_id,
        coalesce(names.round_id, rounds.round_id) as round_id,
        coalesce(names.gaming_day, rounds.gaming_day) as play_day,
        orphans.key_id as orphan_id,
        deposits.gaming_day as deposit_day,
        deposits.charged_back_at is not null as is_charged_back,
        case
            when movements.direction = 'credit' then coalesce(withdrawals.returned_day, withdrawals.gaming_day)
            else withdrawals.gaming_day
        end as withdrawal_day,
        side_names.entity_id as side_id,
        side_names.gaming_day as side_day,
        withdrawals.status in ('requested', 'approved') and not withdrawals.is_paid_out as is_in_transit,
        bonus_ids.bonus_id,
        bonus_days.gaming_day as bonus_day

    from movements

    left join names
        on
            movements.brand = names.brand
            and movements.player_id = names.player_id
            and movements.play_key_id = names.key_id

    left join rounds
        on
            movements.brand = rounds.brand
            and movements.player_id = rounds.player_id
            and movements.settled_issuer_id = rounds.issuer_id
            and movements.settled_round_id = rounds.round_id

    left join orphans
        on
            movements.brand = orphans.brand
            and movements.player_id = orphans.player_id
            and movements.orphan_key_id = orphans.key_id

    left join deposits on movements.brand = deposits.brand and movements.named_deposit_id = deposits.deposit_id

    left join withdrawals
        on movements.brand = withdrawals.brand and movements.named_withdrawal_id = withdrawals.withdrawal_id

    left join bonus_ids on movements.brand = bonus_ids.brand and movements.named_bonus_id = bonus_ids.bonus_id

    left join bonus_days
        on
            bonus_ids.brand = bonus_days.brand
            and bonus_ids.bonus_id = bonus_days.bonus_id
            and movements.wallet = bonus_days.wallet
            and movements.signed_amount = bonus_days.signed_amount

    left join side_names
        on
            movements.brand = side_names.brand
            and movements.player_id = side_names.player_id
            and movements.ref_type = side_names.entity
            and movements.direction = side_names.direction
            and movements.named_side_id = side_names.key_id

),

booked as (

    select
        brand,
        txn_id,
        direction,
        player_id,
        currency,
        wallet,
        ref_type,
        issuer_id,
        round_id,
        signed_amount,
        case
            when play_day is not null then 'bet'
            when orphan_id is not null then 'orphan'
            when is_in_transit then 'in_transit'
            when ref_type = 'chargeback' or (is_charged_back and direction = 'debit') then 'chargeback'
            when side_id is not null then ref_type
            when deposit_day is not null or withdrawal_day is not null or bonus_id is not null then ref_type
            when ref_type = 'adjustment' then ref_type
            else 'unknown'
        end as entity,
        coalesce(round_id, side_id, key_id, txn_id) as entity_id,
        -- Paid for a round, less prizes taken back. A void that pays is a stake coming back.
        play_day is not null and (
            coalesce(ref_type, 'payout') in ('payout', 'jackpot') or (ref_type = 'void' and direction = 'debit')
        ) as is_prize,
        coalesce(play_day, side_day, deposit_day, withdrawal_day, bonus_day, gaming_day) as gaming_day
    from matched

)

select * from booked

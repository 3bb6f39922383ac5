{{ config(materialized='table') }}

with

movements as (

    select * from {{ ref('int_payments__named_movements') }}

),

bets as (

    select
        brand,
        player_id,
        bet_id,
        min(round_id) as round_id,
        min(gaming_day) as gaming_day
    from {{ ref('fct_bets') }}
    group by
        brand,
        player_id,
        bet_id

),

rounds as (

    select
        brand,
        player_id,
        round_id,
        min(gaming_day) as gaming_day
    from {{ ref('fct_bets') }}
    group by
        brand,
        player_id,
        round_id

),

orphans as (

    {% for key in ['bet_id', 'round_id'] %}
        select
            brand,
            player_id,
            {{ key }} as key_id
        from {{ ref('fct_orphan_settlements') }}
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

matched as (

    select
        movements.*,
        bets.bet_id,
        coalesce(bets.round_id, rounds.round_id) as round_id,
        coalesce(bets.gaming_day, rounds.gaming_day) as play_day,
        orphans.key_id as orphan_id,
        deposits.gaming_day as deposit_day,
        deposits.charged_back_at is not null as is_charged_back,
        withdrawals.gaming_day as withdrawal_day,
        withdrawals.status in ('requested', 'approved') and not withdrawals.is_paid_out as is_in_transit,
        bonus_days.gaming_day as bonus_day

    from movements

    left join bets
        on
            movements.is_play
            and movements.brand = bets.brand
            and movements.player_id = bets.player_id
            and movements.key_id = bets.bet_id

    left join rounds
        on
            movements.brand = rounds.brand
            and movements.player_id = rounds.player_id
            and coalesce(movements.settled_round_id, case when movements.is_play then movements.key_id end)
            = rounds.round_id

    left join orphans
        on
            movements.is_play
            and movements.brand = orphans.brand
            and movements.player_id = orphans.player_id
            and coalesce(movements.key_id, movements.settled_round_id) = orphans.key_id

    left join deposits
        on
            movements.ref_type = 'deposit'
            and movements.brand = deposits.brand
            and movements.key_id = deposits.deposit_id

    left join withdrawals
        on
            movements.ref_type = 'withdrawal'
            and movements.brand = withdrawals.brand
            and movements.key_id = withdrawals.withdrawal_id

    left join bonus_days
        on
            movements.ref_type = 'bonus'
            and movements.brand = bonus_days.brand
            and movements.key_id = bonus_days.bonus_id
            and movements.wallet = bonus_days.wallet
            and movements.signed_amount = bonus_days.signed_amount

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
        round_id,
        bet_id,
        signed_amount,
        case
            when play_day is not null then 'bet'
            when orphan_id is not null then 'orphan'
            when is_in_transit then 'in_transit'
            when is_charged_back and direction = 'debit' then 'chargeback'
            else coalesce(ref_type, 'unknown')
        end as entity,
        coalesce(play_day, deposit_day, withdrawal_day, bonus_day, gaming_day) as gaming_day
    from matched

)

select * from booked

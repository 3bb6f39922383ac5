{{ config(materialized='ephemeral') }}
{% set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__events', 'int_bets__bookings') %}
{% set round = 'brand, player_id, round_id' %}
{% set day_round = "concat(cast(round_days.booked_day as string), ' ', round_days.round_id)" %}

with

round_days as (

    select * from {{ ref('int_bets__round_days') }}

),

bet_places as (

    select * from {{ ref('int_bets__places') }} {{ if_touched }}

),

bet_events as (

    select * from {{ ref('int_bets__events') }} {{ if_touched }}

),

settled as (

    select * from {{ ref('stg_gameplay__settlements') }} {{ if_touched }}

),

-- A round is asked once for each of its days, as if it were a round of its own, from what had happened by the end of
-- that day.
placed as (

    select
        {{ day_round }} as round_id,
        round_days.round_id as given_round_id,
        round_days.booked_day,
        brand,
        player_id,
        bet_places.event_id,
        bet_places.bet_id,
        bet_places.provider_id,
        bet_places.jurisdiction,
        bet_places.currency,
        bet_places.wallet_type,
        bet_places.amount,
        bet_places.bonus_amount,
        bet_places.fx_rate_to_base,
        bet_places.placed_at,
        bet_places.gaming_day,
        bet_places.changed_seq
    from bet_places
    inner join round_days using ({{ round }})
    where {{ gaming_day('bet_places.placed_at', 'round_days') }} <= round_days.booked_day

),

said as (

    select
        {{ day_round }} as round_id,
        brand,
        player_id,
        bet_events.kind,
        bet_events.event_id,
        bet_events.bet_id,
        bet_events.currency,
        bet_events.amount,
        bet_events.latency_ms,
        bet_events.event_at,
        bet_events.changed_seq
    from bet_events
    inner join round_days using ({{ round }})
    where {{ gaming_day('bet_events.event_at', 'round_days') }} <= round_days.booked_day

),

settlement_events as (

    select
        {{ day_round }} as round_id,
        brand,
        player_id,
        settled.event_id,
        settled.bet_id,
        settled.txn_id,
        settled.game_id,
        settled.jurisdiction,
        settled.payout_amount,
        settled.payout_currency,
        settled.jackpot_win_amount,
        settled.jackpot_win_currency,
        settled.components,
        settled.rtp_snapshot,
        settled.is_round_end,
        settled.settle_latency_ms,
        settled.event_at,
        settled.changed_seq
    from settled
    inner join round_days using ({{ round }})
    where {{ gaming_day('settled.event_at', 'round_days') }} <= round_days.booked_day

),

{{ bets_standing() }},

{{ bets_resolved() }},

known as (

    select
        *,
        is_counted and round_ended_at is not null as is_settled
    from resolved

),

states as (

    select
        *,
        case when is_settled then handle_amount else 0 end as settled_amount,
        case when is_settled then coalesce(won_amount, 0) else 0 end as payout_amount,
        case when is_settled then least(placed_bonus_amount, handle_amount) else 0 end as settled_bonus_amount,
        case when is_settled then coalesce(won_bonus_amount, 0) else 0 end as bonus_payout_amount
    from known

)

select * from states

{{ config(materialized='ephemeral') }}
{% set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__events', 'int_bets__bookings') %}
{% set round = 'brand, player_id, round_id' %}

with

bet_events as (

    select * from {{ ref('int_bets__events') }} {{ if_touched }}

),

bet_places as (

    select * from {{ ref('int_bets__places') }} {{ if_touched }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

-- Gaming days begin on a whole minute, so most rounds are found to lie within one before any local time is worked out.
long_rounds as (

    select {{ round }}
    from bet_events
    where kind <> 'accepted'
    group by {{ round }}
    having date_trunc('minute', min(event_at)) <> date_trunc('minute', max(event_at))

),

first_places as (

    select
        bet_places.*,
        row_number() over (partition by {{ round }} order by bet_places.placed_at, bet_places.event_id) as first_no
    from bet_places
    inner join long_rounds using ({{ round }})

),

clocks as (

    select
        first_places.brand,
        first_places.player_id,
        first_places.round_id,
        first_places.gaming_day as first_day,
        jurisdictions.time_zone,
        jurisdictions.day_start_minutes
    from first_places
    left join jurisdictions on first_places.jurisdiction = jurisdictions.jurisdiction
    where first_places.first_no = 1

),

booked_events as (

    select
        {{ round }},
        clocks.first_day,
        clocks.time_zone,
        clocks.day_start_minutes,
        {{ gaming_day('bet_events.event_at', 'clocks') }} as booked_day
    from bet_events
    inner join clocks using ({{ round }})
    where bet_events.kind <> 'accepted'

),

-- A bet is worth nothing before it is placed, whatever came first.
happened as (

    select distinct
        {{ round }},
        booked_day,
        time_zone,
        day_start_minutes
    from booked_events
    where booked_day >= first_day

),

counted as (

    select
        *,
        count(*) over (partition by {{ round }}) as days
    from happened

),

round_days as (

    select
        {{ round }},
        booked_day,
        time_zone,
        day_start_minutes
    from counted
    where days > 1

)

select * from round_days

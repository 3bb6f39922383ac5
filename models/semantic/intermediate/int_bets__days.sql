{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent') }}",
    post_hook="{{ mark_built() }}"
) }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent') -%}
{%- set round = 'brand, player_id, issuer_id, round_id' -%}
with

placements as (

    select * from {{ ref('int_bets__placements') }} {{ if_touched }}

),

said as (

    select * from {{ ref('int_bets__events') }} {{ if_touched }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

-- An accept moves no money.
events as (

    select * from said where issuer_id is not null and kind != 'accepted'

),

moments as (

    select
        {{ round }},
        placed_at as happened_at
    from placements

    union all

    select
        {{ round }},
        event_at as happened_at
    from events

),

-- Gaming days begin on a whole minute, so most rounds are found to lie within one before any local time is worked out.
long_rounds as (

    select {{ round }}
    from moments
    group by {{ round }}
    having date_trunc('minute', min(happened_at)) != date_trunc('minute', max(happened_at))

),

first_placements as (

    select
        placements.*,
        row_number() over (partition by {{ round }} order by placements.placed_at, placements.event_id) as first_no
    from placements
    inner join long_rounds using ({{ round }})

),

clocks as (

    select
        first_placements.brand,
        first_placements.player_id,
        first_placements.issuer_id,
        first_placements.round_id,
        first_placements.gaming_day as first_day,
        jurisdictions.time_zone,
        jurisdictions.day_start_minutes
    from first_placements
    left join jurisdictions on first_placements.jurisdiction = jurisdictions.jurisdiction
    where first_placements.first_no = 1

),

-- A bet is worth nothing before it is placed, whatever came first.
happened as (

    select distinct
        {{ round }},
        clocks.first_day,
        clocks.time_zone,
        clocks.day_start_minutes,
        {{ gaming_day('moments.happened_at', 'clocks') }} as as_of_day
    from moments
    inner join clocks using ({{ round }})

),

ordered as (

    select
        *,
        count(*) over (partition by {{ round }}) as days,
        lead(as_of_day) over (partition by {{ round }} order by as_of_day) as next_day
    from happened
    where as_of_day >= first_day

),

days as (

    select
        {{ round }},
        as_of_day,
        -- The last day knows all there is: an accept that comes later still is no new day.
        case when next_day is null then cast('9999-12-31' as date) else as_of_day end as known_day,
        next_day is null as is_latest,
        time_zone,
        day_start_minutes
    from ordered
    where days > 1

)

select * from days

{{ config(materialized='table') }}

{%- set days = [0, 1, 3, 7, 14, 30, 60, 90] -%}
{%- set starts = {
    'first_event': 'first_event_day',
    'registration': 'registration_day',
    'first_deposit': 'first_deposit_day',
    'first_bet': 'first_bet_day',
    'exposure': 'first_exposure_day',
} -%}
{%- set cohort = 'start_basis, channel, cohort_day' -%}

with

player_days as (

    select * from {{ ref('int_players__days') }}

),

players as (

    select * from {{ ref('dim_players') }}

),

exposures as (

    select * from {{ ref('fct_exposures') }}

),

exposed as (

    select
        brand,
        player_id,
        min(gaming_day) as first_exposure_day
    from exposures
    group by brand, player_id

),

begun as (

    select
        players.*,
        exposed.first_exposure_day
    from players
    left join exposed on players.brand = exposed.brand and players.player_id = exposed.player_id

),

-- What begins a cohort, at most one row a player and basis. A day that has not come where the player is at home begins
-- none.
cohorts as (

    {%- for basis, first_day in starts.items() %}
        select
            '{{ basis }}' as start_basis,
            acquisition_channel as channel,
            {{ first_day }} as cohort_day,
            brand,
            player_id,
            latest_gaming_day
        from begun
        where {{ first_day }} <= latest_gaming_day
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

counted as (

    {{ retention_of(
        'cohorts',
        'player_days',
        unit=['brand', 'player_id'],
        offsets=days,
        activities={'any_event': 'player_events > 0', 'bet': 'bets > 0', 'deposit': 'deposits > 0'},
        by=['start_basis', 'channel'],
        cohort='cohort_day',
        period='gaming_day',
    ) }}

),

ends as (

    select
        {{ cohort }},
        min(latest_gaming_day) as latest_gaming_day
    from cohorts
    group by {{ cohort }}

),

retention as (

    select

        ---------- grain
        {{ cohort }},
        counted.activity as activity_basis,
        counted.period_n as day_n,

        ---------- players
        counted.cohort_size,
        counted.retained,
        counted.retained_on_or_after,

        ---------- days
        ends.latest_gaming_day

    from counted

    inner join ends using ({{ cohort }})

)

select * from retention

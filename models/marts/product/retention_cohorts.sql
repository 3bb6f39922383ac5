{%- set days = [0, 1, 3, 7, 14, 30, 60, 90] -%}
with

player_days as (

    select * from {{ ref('fct_player_days') }}

),

players as (

    select * from {{ ref('dim_players') }}

),

exposures as (

    select * from {{ ref('fct_exposures') }}

),

-- What begins a cohort, at most one row a player and basis.
cohorts as (

    select
        'first_event' as start_basis,
        brand,
        player_id,
        min(gaming_day) as cohort_day
    from player_days
    where player_events > 0
    group by brand, player_id
    {% for basis, first_day in [
        ('registration', 'registration_day'), ('first_deposit', 'first_deposit_day'), ('first_bet', 'first_bet_day')
    ] %}
        union all
        select
            '{{ basis }}' as start_basis,
            brand,
            player_id,
            {{ first_day }} as cohort_day
        from players
        where {{ first_day }} is not null
    {% endfor %}
    union all
    select
        'exposure' as start_basis,
        brand,
        player_id,
        min(gaming_day) as cohort_day
    from exposures
    group by brand, player_id

),

counted as (

    {{ retention_of(
        'cohorts',
        'player_days',
        unit=['brand', 'player_id'],
        offsets=days,
        activities={'any_event': 'player_events > 0', 'bet': 'bets > 0', 'deposit': 'deposits > 0'},
        by=['start_basis'],
        cohort='cohort_day',
        period='gaming_day',
    ) }}

),

judged as (

    select
        *,
        coalesce({{ add_days('cohort_day', 'period_n') }} < {{ last_day() }}, false) as is_mature
    from counted

),

retention as (

    select

        ---------- grain
        cohort_day,
        cast(start_basis as string) as start_basis,
        cast(activity as string) as activity_basis,
        cast(period_n as integer) as day_n,

        ---------- players
        cast(cohort_size as bigint) as cohort_size,
        cast(retained as bigint) as retained,
        cast(retained_on_or_after as bigint) as retained_on_or_after,

        ---------- shares
        case when is_mature then {{ ratio('retained', 'cohort_size') }} end as rate,
        case when is_mature then {{ ratio('retained_on_or_after', 'cohort_size') }} end as rate_on_or_after,

        ---------- booleans
        is_mature

    from judged

)

select * from retention

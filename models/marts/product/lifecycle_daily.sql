with

player_days as (

    select * from {{ ref('int_players__days') }}

),

counted as (

    {{ lifecycle(
        'player_days',
        unit=['brand', 'player_id'],
        day='gaming_day',
        condition='player_events > 0',
        last_day=latest_gaming_day()
    ) }}

),

lifecycle as (

    select

        ---------- grain
        period as day,

        ---------- players
        cast(new_units as bigint) as new_players,
        cast(returning_units as bigint) as returning_players,
        cast(resurrecting_units as bigint) as resurrecting_players,
        cast(dormant_units as bigint) as dormant_players,

        ---------- booleans
        period < {{ latest_gaming_day() }} as is_complete

    from counted

    where period <= {{ latest_gaming_day() }}

)

select * from lifecycle

with

player_days as (

    select * from {{ ref('fct_player_days') }}

),

counted as (

    {{ lifecycle('player_days', unit=['brand', 'player_id'], day='gaming_day', condition='player_events > 0') }}

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
        period < {{ last_day() }} as is_complete

    from counted

)

select * from lifecycle

with

player_days as (

    select * from {{ ref('int_players__days') }}

),

counted as (

    {{ stickiness(
        'player_days',
        unit=['brand', 'player_id'],
        day='gaming_day',
        condition='player_events > 0',
        last_day=latest_gaming_day()
    ) }}

),

stickiness as (

    select

        ---------- grain
        day,

        ---------- players
        cast(dau as bigint) as dau,
        cast(wau as bigint) as wau,
        cast(mau as bigint) as mau,

        ---------- shares
        cast(dau_mau as double) as dau_mau,
        cast(wau_mau as double) as wau_mau,

        ---------- booleans
        day < {{ latest_gaming_day() }} as is_complete

    from counted

    where day <= {{ latest_gaming_day() }}

)

select * from stickiness

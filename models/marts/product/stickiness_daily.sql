with

player_days as (

    select * from {{ ref('fct_player_days') }}

),

counted as (

    {{ stickiness('player_days', unit=['brand', 'player_id'], day='gaming_day', condition='player_events > 0') }}

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
        day < {{ last_day() }} as is_complete

    from counted

)

select * from stickiness

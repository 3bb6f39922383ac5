{% set game = 'window_days, as_of_day, game_id, rtp_variant' %}
with

days as (

    select * from {{ ref('int_games__return_days') }}

),

games as (

    select * from {{ ref('dim_games') }}

),

windowed as (

    {{ in_windows('days') }}

),

played as (

    select
        {{ game }},
        table_id,
        {{ rtp_sums() }}
    from windowed
    group by {{ game }}, table_id

),

known as (

    select
        played.*,
        {{ rtp_math() }}
    from played
    left join games on played.game_id = games.game_id

),

{{ rtp_judged('known') }},

rtp as (

    select

        ---------- grain
        cast(game_id as string) as game_id,
        cast(table_id as string) as table_id,
        cast(rtp_variant as string) as rtp_variant,
        cast(window_days as bigint) as window_days,
        as_of_day,

        {{ rtp_columns() }}

    from judged

)

select * from rtp

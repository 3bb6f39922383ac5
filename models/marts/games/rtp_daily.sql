with

days as (

    select * from {{ ref('int_games__return_days') }}

),

games as (

    select * from {{ ref('dim_games') }}

),

played as (

    select
        gaming_day,
        game_id,
        rtp_variant,
        {{ rtp_sums() }}
    from days
    group by gaming_day, game_id, rtp_variant

),

known as (

    select
        played.*,
        {{ rtp_math() }}
    from played
    left join games on played.game_id = games.game_id

),

{{ rtp_judged('known', family=['gaming_day']) }},

rtp as (

    select

        ---------- grain
        gaming_day,
        cast(game_id as string) as game_id,
        cast(rtp_variant as string) as rtp_variant,

        {{ rtp_columns() }}

    from judged

)

select * from rtp

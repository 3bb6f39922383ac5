{% set math = 'sigma, body_rtp, body_sigma, body_skewness, tail_probability, tail_cap' %}
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
        {{ math }}
    from played
    left join games on played.game_id = games.game_id

),

judged as (

    {{ rtp_verdicts('known', family=['gaming_day']) }}

),

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

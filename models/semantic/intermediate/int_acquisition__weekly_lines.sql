with

spend as (

    select * from {{ ref('fct_ad_spend') }}

),

players as (

    select * from {{ ref('dim_players') }}

),

player_days as (

    select * from {{ ref('int_players__days') }}

),

lines as (

    select
        {{ period_start('spend_day', 'week') }} as week,
        jurisdiction,
        channel,
        'spend' as line,
        spend_base as amount,
        impressions,
        clicks
    from spend

    union all

    select
        {{ period_start('registration_day', 'week') }} as week,
        jurisdiction,
        acquisition_channel as channel,
        'registration' as line,
        cast(null as decimal(38, 4)) as amount,
        cast(null as bigint) as impressions,
        cast(null as bigint) as clicks
    from players
    where registration_day <= latest_gaming_day

    union all

    select
        {{ period_start('first_deposit_day', 'week') }} as week,
        jurisdiction,
        acquisition_channel as channel,
        'ftd' as line,
        cast(null as decimal(38, 4)) as amount,
        cast(null as bigint) as impressions,
        cast(null as bigint) as clicks
    from players
    where first_deposit_day <= latest_gaming_day

    union all

    select
        {{ period_start('player_days.gaming_day', 'week') }} as week,
        players.jurisdiction,
        players.acquisition_channel as channel,
        'ngr' as line,
        player_days.ngr_base as amount,
        cast(null as bigint) as impressions,
        cast(null as bigint) as clicks
    from player_days
    inner join players on player_days.brand = players.brand and player_days.player_id = players.player_id

)

select * from lines

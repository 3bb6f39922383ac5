with

players as (

    select * from {{ ref('dim_players') }} where first_deposit_day <= latest_gaming_day

),

player_days as (

    select * from {{ ref('int_players__days') }}

),

aged as (

    select
        cast(date_trunc('month', players.first_deposit_day) as date) as month,
        players.acquisition_channel as channel,
        {{ days_between('players.first_deposit_day', 'player_days.gaming_day') }} as age_days,
        player_days.ngr_base
    from player_days
    inner join players
        on
            player_days.brand = players.brand
            and player_days.player_id = players.player_id
            and player_days.gaming_day >= players.first_deposit_day

),

booked as (

    select
        month,
        channel,
        age_days,
        sum(coalesce(ngr_base, 0)) as ngr,
        count(*) - count(ngr_base) as unknown_days
    from aged
    group by month, channel, age_days

),

-- Of a sum with an unknown part nothing is known, at that age and at every later one.
grown as (

    select
        *,
        case when sum(unknown_days) over up_to_this_age = 0 then sum(ngr) over up_to_this_age end as cum_ngr
    from booked
    window up_to_this_age as (partition by month, channel order by age_days)

)

select * from grown

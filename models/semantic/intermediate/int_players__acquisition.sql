with

registrations as (

    select * from {{ ref('int_players__registrations') }}

),

touches as (

    select
        *,
        case when touch_type = 'view' then -1440 else -43200 end as lookback_minutes
    from {{ ref('fct_touches') }}
    where player_id is not null and channel <> 'unknown'

),

-- Touches that can have led to the registration: of the channel that it names, so that channel and campaign fit.
reaching as (

    select
        registrations.brand,
        registrations.player_id,
        touches.channel,
        touches.campaign_id,
        row_number() over (
            partition by registrations.brand, registrations.player_id
            order by touches.touched_at, touches.touch_id
        ) as touch_no
    from registrations
    inner join touches
        on
            registrations.brand = touches.brand
            and registrations.player_id = touches.player_id
            and (registrations.channel = touches.channel or registrations.channel is null)
            and registrations.registered_at >= touches.touched_at
            and {{ add_minutes('registrations.registered_at', 'touches.lookback_minutes') }} <= touches.touched_at

),

acquisition as (

    select
        registrations.brand,
        registrations.player_id,
        coalesce(registrations.channel, reaching.channel) as channel,
        reaching.campaign_id,
        registrations.country,
        registrations.segment
    from registrations
    left join reaching
        on
            registrations.brand = reaching.brand
            and registrations.player_id = reaching.player_id
            and reaching.touch_no = 1

)

select * from acquisition

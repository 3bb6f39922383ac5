with

registrations as (

    select * from {{ ref('int_players__registrations') }}

),

acquisition as (

    select
        brand,
        player_id,
        channel,
        cast(null as string) as campaign_id,
        country,
        segment
    from registrations

)

select * from acquisition

with

given as (

    select
        *,
        row_number() over (partition by brand, player_id order by event_at, event_id) as registration_no
    from {{ ref('stg_account__registrations') }}
    where player_id is not null

),

registrations as (

    select
        brand,
        player_id,
        anonymous_id,
        affiliate_id,
        nullif(jurisdiction, 'XX') as jurisdiction,
        country,
        channel,
        age_band,
        event_at as registered_at
    from given
    where registration_no = 1

)

select * from registrations

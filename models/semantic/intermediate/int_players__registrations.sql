with

given as (

    select
        *,
        row_number() over (partition by brand, player_id order by event_at, event_id) as registration_no
    from {{ ref('stg_account__registrations') }}
    where player_id is not null

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

registrations as (

    select
        given.brand,
        given.player_id,
        given.anonymous_id,
        given.affiliate_id,
        nullif(given.jurisdiction, 'XX') as jurisdiction,
        given.country,
        given.channel,
        given.segment,
        given.age_band,
        given.event_at as registered_at,
        {{ gaming_day('given.event_at', 'jurisdictions') }} as registration_day
    from given
    left join jurisdictions on given.jurisdiction = jurisdictions.jurisdiction
    where given.registration_no = 1

)

select * from registrations

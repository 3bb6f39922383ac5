with

landed as (

    select * from {{ ref('stg_landing__events') }} where not is_conflict

),

consents as (

    select
        brand,
        player_id,
        min(event_at) as first_consent_at
    from {{ ref('stg_account__consents') }}
    where player_id is not null
    group by
        brand,
        player_id

),

priced as (

    select * from {{ ref('int_landing__priced_events') }}

),

counted as (

    select
        landed.event_day as day,
        landed.event,
        count(*) as events,
        count(case when landed.is_test then 1 end) as test_events,
        count(landed.trace_id) as traced_events,
        count(landed.session_id) as session_events,
        count(landed.player_id) as player_events,
        count(case when consents.first_consent_at <= landed.ts then 1 end) as consented_events
    from landed
    left join consents on landed.brand = consents.brand and landed.player_id = consents.player_id
    group by
        landed.event_day,
        landed.event

),

covered as (

    select
        counted.*,
        priced.priced_events,
        priced.rated_events
    from counted
    left join priced on counted.day = priced.day and counted.event = priced.event

)

select * from covered

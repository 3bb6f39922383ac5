with

covered as (

    select * from {{ ref('int_landing__coverage') }}

),

coverage as (

    select

        ---------- grain
        cast(day as date) as day,
        cast(event as string) as event,

        ---------- figures
        cast(events as bigint) as events,
        cast(test_events as bigint) as test_events,
        {{ ratio('traced_events', 'events') }} as share_with_trace,
        {{ ratio('session_events', 'events') }} as share_with_session,
        {{ ratio('consented_events', 'player_events') }} as share_with_consent,
        {{ ratio('rated_events', 'priced_events') }} as share_with_fx

    from covered

)

select * from coverage

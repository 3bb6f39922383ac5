{{ config(materialized='ephemeral') }}

with

landed as (

    select events.*
    from {{ ref('stg_landing__events') }} as events {{ where_rebuilt('events') }}

),

-- What a player does, and the two events that frame a session; what the house does about a player prolongs no session.
acts as (

    select
        event,
        event_id,
        brand,
        player_id,
        session_id,
        jurisdiction,
        ts as event_at
    from landed
    where
        player_id is not null
        and not is_test
        and not is_conflict
        and (actor = 'player' or event in ('session_start', 'session_end'))

),

previous as (

    select
        *,
        lag(event_at) over (
            partition by brand, player_id
            order by event_at, case when session_id is null then 1 else 0 end, session_id, event_id, event
        ) as previous_at
    from acts

),

-- An event with an id is of that session. One without goes on with what the player was in, unless 30 minutes passed.
heads as (

    select
        *,
        session_id is not null
        or previous_at is null
        or {{ ms_between('previous_at', 'event_at') }} >= {{ 30 * 60 * 1000 }} as is_head
    from previous

),

blocks as (

    select
        *,
        sum(case when is_head then 1 else 0 end) over (
            partition by brand, player_id
            order by event_at, case when session_id is null then 1 else 0 end, session_id, event_id, event
            rows between unbounded preceding and current row
        ) as block_no
    from heads

),

named as (

    select
        *,
        max(session_id) over same_block as block_session_id,
        min(event_at) over same_block as block_started_at
    from blocks
    window same_block as (partition by brand, player_id, block_no)

),

sessions as (

    select

        ---------- ids
        brand
        || '|' || player_id
        || '|' || coalesce('id ' || block_session_id, 'from ' || cast(block_started_at as string)) as session_key,
        event_id,
        brand,
        player_id,
        block_session_id as session_id,

        ---------- strings
        event,
        jurisdiction,

        ---------- times
        event_at

    from named

)

select * from sessions

{{ config(materialized='ephemeral') }}

{%- set gap = 30 * 60 * 1000 -%}
{%- set away = 12 * 60 * 60 * 1000 -%}

with

landed as (

    select events.*
    from {{ ref('stg_landing__events') }} as events {{ where_rebuilt('events') }}

),

-- What a player does, and the two events that frame a session; what the house does about a player prolongs no session.
told as (

    select
        event,
        event_id,
        brand,
        player_id,
        session_id,
        jurisdiction,
        ts as event_at,
        case when actor = 'player' then ts end as act_at
    from landed
    where
        player_id is not null
        and not is_test
        and not is_left_out
        and (actor = 'player' or event in ('session_start', 'session_end'))

),

-- One order for all that follows: events of one instant with an id before those without.
numbered as (

    select
        *,
        row_number() over (
            partition by brand, player_id
            order by event_at, case when session_id is null then 1 else 0 end, session_id, event_id, event
        ) as event_no
    from told

),

previous as (

    select
        *,
        lag(event_at) over (partition by brand, player_id order by event_no) as previous_at,
        max(act_at) over (
            partition by brand, player_id
            order by event_no
            rows between unbounded preceding and 1 preceding
        ) as previous_act_at
    from numbered

),

paused as (

    select
        *,
        coalesce({{ ms_between('previous_at', 'event_at') }} >= {{ gap }}, true) as is_after_gap,
        coalesce({{ ms_between('previous_at', 'event_at') }} >= {{ away }}, false) as is_after_silence,
        coalesce({{ ms_between('previous_act_at', 'event_at') }} >= {{ away }}, false) as is_long_since_act
    from previous

),

-- A player is back with the first event after twelve hours without an act, also where the house alone went on.
returned as (

    select
        *,
        is_after_silence
        or (
            is_long_since_act
            and lag(act_at) over (partition by brand, player_id order by event_no) is null
            and not lag(is_long_since_act) over (partition by brand, player_id order by event_no)
        ) as is_back
    from paused

),

-- An event with an id is of that session. One without goes on with what the player was in, unless 30 minutes passed.
headed as (

    select
        *,
        session_id is not null or is_after_gap or is_back as is_head
    from returned

),

blocks as (

    select
        *,
        sum(case when is_head then 1 else 0 end) over (
            partition by brand, player_id
            order by event_no
            rows between unbounded preceding and current row
        ) as block_no,
        sum(case when is_back then 1 else 0 end) over (
            partition by brand, player_id
            order by event_no
            rows between unbounded preceding and current row
        ) as stay_no
    from headed

),

named as (

    select
        *,
        max(session_id) over same_block as block_session_id,
        min(event_at) over same_block as block_started_at
    from blocks
    window same_block as (partition by brand, player_id, block_no)

),

-- An id is one session within each stay of the player.
placed as (

    select
        *,
        min(event_at) over (partition by brand, player_id, block_session_id, stay_no) as id_started_at,
        min(stay_no) over (partition by brand, player_id, block_session_id) = stay_no
        and not {{ is_kept_session('named.brand', 'named.player_id', 'named.block_session_id') }} as is_first_of_id
    from named

),

-- No time holds a word, so what stands behind one cannot be taken for a part of it.
worded as (

    select
        *,
        case
            when block_session_id is null then 'from ' || cast(block_started_at as string)
            when is_first_of_id then 'id ' || block_session_id
            else 'from ' || cast(id_started_at as string) || ' id ' || block_session_id
        end as name_of_session
    from placed

),

sessions as (

    select

        ---------- ids
        {{ glued(['brand', 'player_id', 'name_of_session']) }} as session_key,
        event_id,
        brand,
        player_id,
        block_session_id as session_id,

        ---------- strings
        event,
        jurisdiction,

        ---------- times
        event_at

    from worded

)

select * from sessions

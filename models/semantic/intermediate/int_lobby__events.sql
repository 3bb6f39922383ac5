{%- set envelope = 'event_id, brand, player_id, session_id, jurisdiction, event_at' -%}
{#- The landing finds a repeated id within its day; the same id on two days is one event here, the earlier. -#}
{%- set copy_no = 'row_number() over (partition by event_id order by event_at, brand, player_id)' -%}
with

impressions as (

    select
        *,
        {{ copy_no }} as copy_no
    from {{ ref('stg_gameplay__lobby_impressions') }}

),

clicks as (

    select
        *,
        {{ copy_no }} as copy_no
    from {{ ref('stg_gameplay__tile_clicks') }}

),

launches as (

    select
        *,
        {{ copy_no }} as copy_no
    from {{ ref('stg_gameplay__game_launches') }}

),

tiles as (

    select
        {{ envelope }},
        lobby_id,
        position,
        {{ each_of('tiles') }} as game_id
    from impressions
    where copy_no = 1

),

listed as (

    select distinct event_id from tiles

),

-- A list that shows nothing, or says nothing of what it shows, still was a lobby that somebody saw.
empty_impressions as (

    select impressions.*
    from impressions
    left join listed on impressions.event_id = listed.event_id
    where impressions.copy_no = 1 and listed.event_id is null

),

events as (

    select
        {{ envelope }},
        'impression' as event,
        lobby_id,
        coalesce(game_id, 'unknown') as game_id,
        cast(null as string) as category,
        position,
        true as is_ok
    from tiles

    union all

    select
        {{ envelope }},
        'impression' as event,
        lobby_id,
        'unknown' as game_id,
        cast(null as string) as category,
        position,
        true as is_ok
    from empty_impressions

    union all

    select
        {{ envelope }},
        'click' as event,
        lobby_id,
        game_id,
        category,
        position,
        true as is_ok
    from clicks
    where copy_no = 1

    union all

    select
        {{ envelope }},
        'launch' as event,
        lobby_id,
        game_id,
        cast(null as string) as category,
        cast(null as bigint) as position,
        coalesce(result, 'ok') = 'ok' as is_ok
    from launches
    where copy_no = 1

)

select * from events

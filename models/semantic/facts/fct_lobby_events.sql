{%- set window_ms = 30 * 60 * 1000 -%}
with

events as (

    select
        *,
        case when event = 'launch' then event_id end as launch_id
    from {{ ref('int_lobby__events') }}

),

bets as (

    select * from {{ ref('fct_bets') }} where is_counted

),

catalogue as (

    select * from {{ ref('dim_games') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

players as (

    select * from {{ ref('dim_players') }}

),

clock_days as (

    select * from {{ ref('int_clock__days') }}

),

-- Only clicks say under which category a lobby shows a game. Where they agree, its tiles and launches stand there too.
shelves as (

    select
        lobby_id,
        game_id,
        min(category) as category
    from events
    where event = 'click'
    group by lobby_id, game_id
    having min(category) = max(category)

),

lines as (

    select
        event_id,
        brand,
        player_id,
        session_id,
        event_at,
        event,
        game_id,
        lobby_id,
        category,
        position,
        is_ok
    from events
    where event != 'impression' and player_id is not null

    union all

    select
        bet_id as event_id,
        brand,
        player_id,
        session_id,
        placed_at as event_at,
        'bet' as event,
        game_id,
        cast(null as string) as lobby_id,
        cast(null as string) as category,
        cast(null as bigint) as position,
        true as is_ok
    from bets

),

-- One pass over what a player did with a game: a launch belongs to the last click before it, a bet to the last launch
-- that succeeded.
counted as (

    select
        *,
        sum(case when event = 'click' then 1 else 0 end) over of_the_game as click_no,
        sum(case when event = 'launch' and is_ok then 1 else 0 end) over of_the_game as launch_no
    from lines
    window of_the_game as (
        partition by brand, player_id, game_id
        order by event_at, case event when 'click' then 1 when 'launch' then 2 else 3 end, event_id
        rows between unbounded preceding and current row
    )

),

clicks as (

    select * from counted where event = 'click'

),

launches as (

    select * from counted where event = 'launch'

),

-- In the session of the launch, or within half an hour of it.
first_bets as (

    select
        launches.event_id,
        min(counted.event_at) as first_bet_at
    from launches
    inner join counted using (brand, player_id, game_id, launch_no)
    where
        launches.is_ok
        and counted.event = 'bet'
        and (
            counted.session_id = launches.session_id
            or {{ ms_between('launches.event_at', 'counted.event_at') }} <= {{ window_ms }}
        )
    group by launches.event_id

),

clicked as (

    select
        launches.event_id,
        clicks.event_id as click_id,
        clicks.lobby_id,
        clicks.category,
        clicks.position
    from launches
    inner join clicks using (brand, player_id, game_id, click_no)
    where
        clicks.session_id = launches.session_id
        or {{ ms_between('clicks.event_at', 'launches.event_at') }} <= {{ window_ms }}

),

placed as (

    select
        events.*,
        clicked.click_id,
        clicked.category as clicked_category,
        coalesce(events.position, clicked.position) as shown_position,
        coalesce(events.lobby_id, clicked.lobby_id) as shown_lobby_id,
        first_bets.first_bet_at
    from events
    left join clicked on events.launch_id = clicked.event_id
    left join first_bets on events.launch_id = first_bets.event_id

),

lobby_events as (

    select

        ---------- ids
        placed.event_id,
        placed.brand,
        placed.player_id,
        placed.session_id,
        coalesce(placed.shown_lobby_id, 'unknown') as lobby_id,
        placed.game_id,
        placed.click_id,

        ---------- strings
        placed.event,
        placed.jurisdiction,
        coalesce(placed.category, placed.clicked_category, shelves.category, catalogue.kind, 'unknown') as category,

        ---------- numbers
        cast(placed.shown_position as bigint) as position,
        cast({{ ms_between('placed.event_at', 'placed.first_bet_at') }} as double) / 1000 as seconds_to_bet,

        ---------- booleans
        placed.is_ok,
        {{ is_ahead(gaming_day('placed.event_at', 'jurisdictions'), 'players', 'clock_days') }} as is_ahead,

        ---------- times
        placed.event_at as happened_at,
        placed.first_bet_at,
        {{ gaming_day('placed.event_at', 'jurisdictions') }} as gaming_day

    from placed

    left join shelves on placed.shown_lobby_id = shelves.lobby_id and placed.game_id = shelves.game_id

    left join catalogue on placed.game_id = catalogue.game_id

    left join jurisdictions on placed.jurisdiction = jurisdictions.jurisdiction

    left join clock_days on placed.jurisdiction = clock_days.jurisdiction

    left join players on placed.brand = players.brand and placed.player_id = players.player_id

)

select * from lobby_events

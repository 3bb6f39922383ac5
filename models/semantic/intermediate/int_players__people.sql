with

event_days as (

    select * from {{ ref('int_players__event_days') }}

),

by_jurisdiction as (

    select
        brand,
        player_id,
        jurisdiction,
        min(first_at) as first_at,
        min(case when player_events > 0 then gaming_day end) as first_act_day,
        max(last_act_at) as last_act_at
    from event_days
    group by
        brand,
        player_id,
        jurisdiction

),

numbered as (

    select
        *,
        row_number() over (
            partition by brand, player_id
            order by case when jurisdiction = 'XX' then 1 else 0 end, first_at, jurisdiction
        ) as jurisdiction_no
    from by_jurisdiction

),

people as (

    select
        brand,
        player_id,
        max(case when jurisdiction_no = 1 then jurisdiction end) as jurisdiction,
        min(first_act_day) as first_event_day,
        max(last_act_at) as last_seen_at
    from numbered
    group by
        brand,
        player_id

)

select * from people

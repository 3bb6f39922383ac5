-- Whoever had a settled bet in the 90 days up to the last day is in one segment, and nobody else is.
with

segments as (

    select
        brand,
        player_id,
        count(*) as segments
    from {{ ref('rfm_segments') }}
    group by
        brand,
        player_id

),

played as (

    select
        brand,
        player_id,
        count(*) as active_days
    from {{ ref('fct_player_days') }}
    where settled_bets > 0 and {{ days_between('gaming_day', last_day()) }} between 0 and 89
    group by
        brand,
        player_id

)

select
    brand,
    player_id,
    segments.segments,
    played.active_days
from segments
full outer join played using (brand, player_id)
where segments.segments is distinct from 1 or played.active_days is null

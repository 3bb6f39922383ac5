-- Nobody reaches a step without the one before it in the player's own order, and what
-- is implied or entered is part of what is counted.
select
    cohort_day,
    channel,
    campaign_id,
    step,
    entered,
    previous_players,
    players,
    implied
from {{ ref('acquisition_funnel') }}
where
    players > coalesce(previous_players, entered)
    or previous_players > entered
    or implied > players
    or leaked < 0

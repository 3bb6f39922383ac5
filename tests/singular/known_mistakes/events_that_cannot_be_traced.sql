{{ config(group='core', severity='warn') }}
-- The mistake: producers drop the trace id and an incident cannot be followed across services.
-- Found where more than 5 % of an event that players cause carries none; below 100 events a share says nothing.
select
    event,
    count(*) as events,
    count(*) - count(trace_id) as untraced_events
from {{ ref('stg_landing__events') }}
where
    actor = 'player'
    and not is_test
group by event
having
    count(*) >= 100
    and {{ ratio('count(*) - count(trace_id)', 'count(*)') }} > 0.05

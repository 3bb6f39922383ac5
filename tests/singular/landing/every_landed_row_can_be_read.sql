{{ config(group='core') }}
-- The rows that the views show are the rows that the ledger committed: no part is missing and none is read twice.
with

committed as (

    select
        event,
        sum({{ adapter.quote('rows') }}) as events
    from {{ ref('stg_landing__parts') }}
    group by event

),

shown as (

    select
        event,
        count(*) as events
    from {{ ref('stg_landing__events') }}
    group by event

)

select
    committed.event,
    committed.events as committed_events,
    shown.events as shown_events
from committed
full outer join shown on committed.event = shown.event
where coalesce(committed.events, 0) <> coalesce(shown.events, 0)

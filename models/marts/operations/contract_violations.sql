with

violations as (

    select * from {{ ref('int_landing__violations') }}

),

reported as (

    select

        ---------- grain
        cast(day as date) as day,
        cast(event as string) as event,
        cast(reason as string) as reason,

        ---------- figures
        cast(events as bigint) as events,
        cast(share as double) as share,
        cast(is_quarantined as boolean) as is_quarantined

    from violations

)

select * from reported

with

landed as (

    select * from {{ source('landing', 'violations') }}

),

listed as (

    select
        day,
        event,
        reason,
        is_quarantined,
        events
    from landed

)

select * from listed

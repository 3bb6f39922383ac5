{{ config(materialized='table') }}

with

clock as (

    select * from {{ ref('int_clock__now') }}

),

daily as (

    select * from {{ ref('int_landing__daily') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

places as (

    select jurisdiction from jurisdictions
    union
    select jurisdiction from daily
    union
    select 'XX' as jurisdiction

),

days as (

    select
        places.jurisdiction,
        clock.now_at,
        {{ gaming_day('clock.now_at', 'jurisdictions') }} as latest_gaming_day
    from places
    cross join clock
    left join jurisdictions on places.jurisdiction = jurisdictions.jurisdiction

)

select * from days

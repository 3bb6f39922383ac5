with

landed as (

    select * from {{ source('landing', 'parts') }}

),

listed as (

    select
        load_seq,
        event,
        event_day,
        rows,
        path
    from landed

)

select * from listed

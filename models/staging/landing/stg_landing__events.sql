with

landed as (

    select * from {{ source('landing', 'events') }}

)

select * from landed

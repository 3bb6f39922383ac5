with

landed as (

    select * from {{ source('landing', 'conflicts') }}

)

select * from landed

with

landed as (

    select * from {{ source('landing', 'parts') }}

)

select * from landed

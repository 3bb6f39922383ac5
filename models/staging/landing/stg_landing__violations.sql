with

landed as (

    select * from {{ source('landing', 'violations') }}

)

select * from landed

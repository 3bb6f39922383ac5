with

landed as (

    select * from {{ source('landing', 'loads') }}

)

select * from landed

with

steps as (

    select * from {{ ref('funnel_steps') }}

),

orders as (

    select
        jurisdiction as order_of,
        step,
        step_index,
        row_number() over (partition by jurisdiction order by step_index) as place,
        lag(step) over (partition by jurisdiction order by step_index) as previous_step
    from steps

)

select * from orders

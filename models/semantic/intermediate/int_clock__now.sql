with

daily as (

    select
        *,
        source in ('web', 'ios', 'android') as is_of_a_device
    from {{ ref('int_landing__daily') }}

),

-- A phone's clock may say anything; it is asked only where no other has spoken.
clock as (

    select
        coalesce(
            max(case when not is_of_a_device then newest_at end),
            max(newest_at)
        ) as now_at
    from daily

)

select * from clock

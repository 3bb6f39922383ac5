with

counted as (

    select * from {{ ref('int_players__retention') }}

),

retention as (

    select

        ---------- grain
        cohort_day,
        cast(start_basis as string) as start_basis,
        cast(activity_basis as string) as activity_basis,
        cast(day_n as integer) as day_n,
        cast(channel as string) as channel,

        {{ retention_figures() }}

    from counted

)

select * from retention

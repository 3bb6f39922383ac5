{%- set cell = 'cohort_day, start_basis, activity_basis, day_n' -%}

with

counted as (

    select * from {{ ref('int_players__retention') }}

),

-- Every player has one channel, so those of all channels are everybody, once.
added_up as (

    select
        {{ cell }},
        sum(cohort_size) as cohort_size,
        sum(retained) as retained,
        sum(retained_on_or_after) as retained_on_or_after,
        min(latest_gaming_day) as latest_gaming_day
    from counted
    group by {{ cell }}

),

retention as (

    select

        ---------- grain
        cohort_day,
        cast(start_basis as string) as start_basis,
        cast(activity_basis as string) as activity_basis,
        cast(day_n as integer) as day_n,

        {{ retention_figures() }}

    from added_up

)

select * from retention

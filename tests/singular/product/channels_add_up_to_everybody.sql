-- Of every cohort, day and activity the players of all channels are those of retention_cohorts, and nobody is mature
-- there who is not in each of the channels.
with

channels as (

    select
        cohort_day,
        start_basis,
        activity_basis,
        day_n,
        sum(cohort_size) as cohort_size,
        sum(retained) as retained,
        sum(retained_on_or_after) as retained_on_or_after,
        min(case when is_mature then 1 else 0 end) = 1 as is_mature
    from {{ ref('retention_by_channel') }}
    group by
        cohort_day,
        start_basis,
        activity_basis,
        day_n

),

everybody as (

    select * from {{ ref('retention_cohorts') }}

)

select
    cohort_day,
    start_basis,
    activity_basis,
    day_n,
    channels.cohort_size,
    everybody.cohort_size as size_of_all,
    channels.retained,
    everybody.retained as retained_of_all
from channels
full outer join everybody using (cohort_day, start_basis, activity_basis, day_n)
where
    channels.cohort_size is distinct from everybody.cohort_size
    or channels.retained is distinct from everybody.retained
    or channels.retained_on_or_after is distinct from everybody.retained_on_or_after
    or channels.is_mature is distinct from everybody.is_mature

-- Literals in, literals out: tails of the normal and the Poisson distribution, worked out in 60 digits (and three of them by hand:
-- 1 - 2.5 / e for 3 or more where 1 is expected, e^-4 for none where 4 are, half for 0). They decide alarms, so they must hold far out.
with

normal_cases as (

    select cast(0 as double) as z, cast(0.5 as double) as expected
    union all
    select 1, 0.15865525393145707
    union all
    select 1.959963984540054, 0.02500000000000002
    union all
    select 4, 3.1671241833119965e-05
    union all
    select 8, 6.220960574271819e-16
    union all
    select 40, 0

),

poisson_cases as (

    select 3 as cases, cast(1 as double) as mean, 0.08030139707139419 as expected_tail, 0.9810118431238462 as expected_head
    union all
    select 14, 2, 2.930569637115347e-08, 0.9999999961287696
    union all
    select 800, 680.5, 4.41772494345944e-06, 0.9999962709661376
    union all
    select 600, 680.5, 0.9992203506902441, 0.000893725713649835
    union all
    select 0, 4, 1, 0.01831563888873418
    union all
    select 7000, 6500, 4.659314351877191e-10, 0.9999999995681732
    union all
    select 0, 0, 1, 1
    union all
    select 1, 0, 0, 1

),

-- The cube root holds a gamma variable of shape 16 (skewness 0.5) at its 95th percentile, 23.0971298: (23.0971298 - 16) / 4 standard
-- deviations, which are to be those of a normal one at its own, 1.6449.
skewed_cases as (

    select cast(1.77428245 as double) as z, cast(0.5 as double) as skewness

),

found as (

    select
        'normal' as distribution,
        {{ normal_tail('z') }} as found,
        expected,
        1e-8 as tolerance
    from normal_cases

    union all

    select
        'poisson tail' as distribution,
        {{ poisson_tail('cases', 'mean') }} as found,
        expected_tail as expected,
        1e-9 as tolerance
    from poisson_cases

    union all

    select
        'poisson head' as distribution,
        {{ poisson_head('cases', 'mean') }} as found,
        expected_head as expected,
        1e-9 as tolerance
    from poisson_cases

    union all

    select
        'skewed' as distribution,
        {{ without_skew('z', 'skewness') }} as found,
        1.6448536 as expected,
        0.002 as tolerance
    from skewed_cases

)

select * from found
where found is null or abs(found - expected) > tolerance * expected

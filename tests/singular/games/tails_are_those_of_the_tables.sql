-- Literals in, literals out: tails of the normal and the Poisson distribution, worked out in 60 digits; three of them
-- by hand: 1 - 2.5 / e for 3 or more where 1 is expected, e^-4 for none where 4 are, a half for 0. They decide alarms,
-- so they must hold far out.
with

normal_cases as (

    select
        cast(given.z as double) as z,
        cast(given.expected as double) as expected
    from (
        values
        (0, 0.5),
        (1, 0.15865525393145707),
        (1.959963984540054, 0.02500000000000002),
        (4, 3.1671241833119965e-05),
        (8, 6.220960574271819e-16),
        (40, 0)
    ) as given (z, expected)

),

poisson_cases as (

    select
        given.cases,
        cast(given.mean as double) as mean,
        cast(given.expected_tail as double) as expected_tail,
        cast(given.expected_head as double) as expected_head
    from (
        values
        (3, 1, 0.08030139707139419, 0.9810118431238462),
        (14, 2, 2.930569637115347e-08, 0.9999999961287696),
        (800, 680.5, 4.41772494345944e-06, 0.9999962709661376),
        (600, 680.5, 0.9992203506902441, 0.000893725713649835),
        (0, 4, 1, 0.01831563888873418),
        (7000, 6500, 4.659314351877191e-10, 0.9999999995681732),
        (0, 0, 1, 1),
        (1, 0, 0, 1)
    ) as given (cases, mean, expected_tail, expected_head)

),

-- A gamma variable of shape 16 (skewness 0.5) has its 95th percentile at 23.0971298, which is (23.0971298 - 16) / 4
-- standard deviations. Without the skew that is to be the normal variable's own, 1.6449.
skewed_cases as (

    select
        cast(1.77428245 as double) as z,
        cast(0.5 as double) as skewness

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

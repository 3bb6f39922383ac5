-- The statistics macros against values worked out elsewhere: Python's math.erfc, and Student's t by integration.
-- The error is relative, so that a far tail has to be right too and not only small.
with

normal (z, expected) as (

    values
    (-30e0, 4.906713927148764e-198),
    (-8.5e0, 9.479534822203355e-18),
    (-3e0, 0.0013498980316300957e0),
    (-1.959963984540054e0, 0.025e0),
    (-0.5e0, 0.3085375387259869e0),
    (0e0, 0.5e0),
    (0.25e0, 0.5987063256829237e0),
    (1e0, 0.8413447460685429e0),
    (6e0, 0.9999999990134123e0)

),

chi_square (x, degrees, expected) as (

    values
    (0e0, 1, 1e0),
    (3.841458820694124e0, 1, 0.05e0),
    (200e0, 1, 2.088487583762545e-45),
    (5.991464547107979e0, 2, 0.05e0),
    (2e0, 3, 0.5724067044708798e0),
    (30e0, 3, 1.3800570312932545e-06),
    (18.307038e0, 10, 0.050000000824732264e0),
    (7.5e0, 11, 0.7572686554944281e0),
    (60e0, 20, 7.121750862815577e-06),
    (40e0, 29, 0.08393689849151825e0),
    (15e0, 30, 0.9897395720876575e0)

),

student (t, degrees, expected) as (

    values
    (2e0, 10e0, 0.0733880347707392e0),
    (-2.5e0, 7.5e0, 0.038820258273625015e0),
    (1.3e0, 40.25e0, 0.20099660035691222e0),
    (2.228138851986265e0, 10e0, 0.05e0)

),

as_normal as (

    select
        *,
        {{ student_z('t', 'degrees') }} as z
    from student

),

compared as (

    select 'normal_cdf' as macro, z as x, expected, {{ normal_cdf('z') }} as got, 1e-10 as allowed from normal
    union all
    select 'normal_tail' as macro, z as x, expected, {{ normal_tail('-z') }} as got, 1e-10 as allowed from normal
    union all
    select 'chi_square_tail' as macro, x, expected, {{ chi_square_tail('x', 'degrees') }} as got, 1e-10 as allowed
    from chi_square
    union all
    select 'student_z' as macro, t as x, expected, {{ two_sided_p('z') }} as got, 1e-6 as allowed from as_normal
    union all
    select
        'student_two_sigma' as macro,
        10e0 as x,
        2.228138851986265e0 as expected,
        {{ student_two_sigma(10) }} as got,
        1e-5 as allowed

)

select * from compared
where got is null or abs(got - expected) > allowed * expected

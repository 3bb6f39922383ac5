-- local_hour against clocks read by hand: summer and winter, the night an hour is missing and the one in which it comes
-- twice, a zone of half an hour, a day that begins at six, and a jurisdiction that the seed does not know.
with

places (jurisdiction, time_zone, day_start_minutes) as (

    values
    ('DE', 'Europe/Berlin', 0),
    ('NZ', 'Pacific/Auckland', 0),
    ('US-NJ', 'America/New_York', 360),
    ('IN', 'Asia/Kolkata', 0)

),

instants (jurisdiction, happened_at, expected) as (

    values
    ('DE', timestamp '2025-01-01 23:59:59', 0),
    ('DE', timestamp '2025-07-01 21:59:59.999', 23),
    ('DE', timestamp '2025-07-01 22:00:00', 0),
    ('DE', timestamp '2025-03-30 00:59:59', 1),
    ('DE', timestamp '2025-03-30 01:00:00', 3),
    ('DE', timestamp '2025-10-26 00:30:00', 2),
    ('DE', timestamp '2025-10-26 01:30:00', 2),
    ('DE', timestamp '2025-10-26 02:00:00', 3),
    ('NZ', timestamp '2025-11-26 11:30:00', 0),
    ('US-NJ', timestamp '2025-07-01 09:59:59', 5),
    ('US-NJ', timestamp '2025-07-01 10:00:00', 6),
    ('IN', timestamp '2025-07-01 18:29:00', 23),
    ('IN', timestamp '2025-07-01 18:30:00', 0),
    ('ZZ', timestamp '2025-07-01 18:30:00', 18)

),

found as (

    select
        instants.jurisdiction,
        instants.happened_at,
        instants.expected,
        {{ local_hour('instants.happened_at', 'places') }} as local_hour
    from instants
    left join places on instants.jurisdiction = places.jurisdiction

)

select * from found
where local_hour is distinct from expected

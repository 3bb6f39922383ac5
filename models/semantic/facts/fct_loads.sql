with

loads as (

    select * from {{ ref('stg_landing__loads') }}

),

accounted as (

    select

        ---------- ids
        load_seq,
        load_id,

        ---------- strings
        kind,
        file,
        channel,

        ---------- numbers
        bytes,
        lines,
        blank_lines,
        landed,
        quarantined,
        duplicates,
        conflicts,
        lines - landed - quarantined - duplicates as unaccounted_lines,
        lag_p50_s,
        lag_p95_s,

        ---------- times
        landed_at

    from loads

)

select * from accounted

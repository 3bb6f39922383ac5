with

landed as (

    select * from {{ source('landing', 'loads') }}

),

listed as (

    select
        load_seq,
        load_id,
        kind,
        file,
        channel,
        bytes,
        lines,
        blank_lines,
        landed,
        quarantined,
        duplicates,
        conflicts,
        lag_p50_s,
        lag_p95_s,
        landed_at
    from landed

)

select * from listed

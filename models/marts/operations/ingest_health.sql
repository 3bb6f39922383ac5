with

loads as (

    select * from {{ ref('fct_loads') }}

),

health as (

    select

        ---------- ids
        cast(load_id as string) as load_id,
        cast(load_seq as bigint) as load_seq,

        ---------- strings
        cast(kind as string) as kind,
        cast(file as string) as file,
        cast(channel as string) as channel,

        ---------- lines
        cast(lines as bigint) as lines,
        cast(landed as bigint) as landed,
        cast(quarantined as bigint) as quarantined,
        cast(duplicates as bigint) as duplicates,
        cast(conflicts as bigint) as conflicts,
        cast(blank_lines as bigint) as blank_lines,
        cast(bytes as bigint) as bytes,
        {{ ratio('quarantined', 'lines') }} as quarantined_share,
        {{ ratio('duplicates', 'lines') }} as duplicate_share,

        ---------- times
        cast(lag_p50_s as double) as lag_p50_s,
        cast(lag_p95_s as double) as lag_p95_s,
        cast(landed_at as timestamp) as landed_at

    from loads

)

select * from health

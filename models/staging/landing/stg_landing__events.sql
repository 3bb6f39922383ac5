with

landed as (

    select * from {{ source('landing', 'events') }}

),

listed as (

    select
        event,
        actor,
        family,
        event_id,
        player_id,
        anonymous_id,
        session_id,
        trace_id,
        source,
        brand,
        jurisdiction,
        schema_ver,
        fx_rate,
        fx_base,
        is_test,
        is_left_out,
        ts,
        received_ts,
        event_day,
        load_seq,
        changed_seq
    from landed

)

select * from listed

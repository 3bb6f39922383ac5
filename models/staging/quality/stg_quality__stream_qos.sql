with

landed as (

    select * from {{ source('quality', 'stream_qos') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        table_id,

        ---------- strings
        network,
        region,
        geo_country,
        coalesce(counter_mode, 'interval') as counter_mode,

        ---------- numbers
        webrtc_rtt_ms,
        fps,
        dropped_frames,
        decoded_frames,
        bitrate_kbps,
        jitter_ms,
        packet_loss_pct,
        interval_ms

    from landed

)

select * from renamed

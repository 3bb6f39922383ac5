with

landed as (

    select * from {{ source('gameplay', 'game_launch') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        game_id,
        provider_id,
        lobby_id,
        recommendation_id,

        ---------- strings
        mode,
        rtp_variant,
        result,

        ---------- numbers
        load_ms

    from landed

)

select * from renamed

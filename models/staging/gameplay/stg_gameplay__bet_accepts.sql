with

landed as (

    select * from {{ source('gameplay', 'bet_accept') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        round_id,
        bet_id,
        provider_id,
        game_id,

        ---------- money
        balance_after,

        ---------- numbers
        latency_ms

    from landed

)

select * from renamed

with

landed as (

    select * from {{ source('gameplay', 'bet_reject') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        round_id,
        bet_id,
        txn_id,
        provider_id,
        game_id,
        table_id,

        ---------- strings
        code,

        ---------- numbers
        latency_ms

    from landed

)

select * from renamed

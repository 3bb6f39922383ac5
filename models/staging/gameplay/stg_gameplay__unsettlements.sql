with

landed as (

    select * from {{ source('gameplay', 'round_unsettle') }}
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

        ---------- strings
        reason_code

    from landed

)

select * from renamed

with

landed as (

    select * from {{ source('gameplay', 'void') }}
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

        ---------- strings
        currency,
        reason_code,
        actor,

        ---------- money
        amount

    from landed

)

select * from renamed

with

landed as (

    select * from {{ source('compliance', 'rg_blocked_bet') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        limit_id,
        bet_id,
        round_id,

        ---------- strings
        attempted_currency,
        reason,

        ---------- money
        attempted_amount

    from landed

)

select * from renamed

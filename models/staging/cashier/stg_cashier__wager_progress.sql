with

landed as (

    select * from {{ source('cashier', 'wager_progress') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        bonus_id,
        bet_id,

        ---------- strings
        currency,

        ---------- money
        contributed,
        required

    from landed

)

select * from renamed

with

landed as (

    select * from {{ source('cashier', 'wager_complete') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        bonus_id,

        ---------- strings
        converted_currency,
        forfeited_currency,

        ---------- money
        converted_amount,
        forfeited_amount,

        ---------- numbers
        duration_s

    from landed

)

select * from renamed

with

landed as (

    select * from {{ source('cashier', 'deposit_chargeback') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        deposit_id,

        ---------- strings
        currency,
        scheme_reason,
        stage,

        ---------- money
        amount

    from landed

)

select * from renamed

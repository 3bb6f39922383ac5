with

landed as (

    select * from {{ source('cashier', 'withdrawal_declined') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        withdrawal_id,

        ---------- strings
        reason_code

    from landed

)

select * from renamed

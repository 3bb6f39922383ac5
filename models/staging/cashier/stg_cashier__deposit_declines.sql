with

landed as (

    select * from {{ source('cashier', 'deposit_declined') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        deposit_id,

        ---------- strings
        code,
        declined_by,
        currency,
        asset_code,

        ---------- money
        amount,

        ---------- numbers
        asset_amount

    from landed

)

select * from renamed

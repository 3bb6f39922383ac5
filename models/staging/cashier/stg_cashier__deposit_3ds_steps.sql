with

landed as (

    select * from {{ source('cashier', 'deposit_3ds') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        deposit_id,

        ---------- strings
        step,

        ---------- numbers
        acs_ms

    from landed

)

select * from renamed

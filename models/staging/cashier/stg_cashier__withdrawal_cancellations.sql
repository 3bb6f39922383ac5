with

landed as (

    select * from {{ source('cashier', 'withdrawal_cancelled') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        withdrawal_id,

        ---------- strings
        actor

    from landed

)

select * from renamed

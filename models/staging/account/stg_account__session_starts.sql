with

landed as (

    select * from {{ source('account', 'session_start') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        device_os,
        device_app,
        currency,
        end_reason,

        ---------- money
        balance

    from landed

)

select * from renamed

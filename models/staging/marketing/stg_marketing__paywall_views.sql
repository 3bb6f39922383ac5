with

landed as (

    select * from {{ source('marketing', 'paywall_view') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        placement,
        reason

    from landed

)

select * from renamed

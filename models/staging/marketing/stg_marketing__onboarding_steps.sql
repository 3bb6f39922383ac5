with

landed as (

    select * from {{ source('marketing', 'onboarding_step') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        step,
        result,

        ---------- numbers
        index,
        duration_ms

    from landed

)

select * from renamed

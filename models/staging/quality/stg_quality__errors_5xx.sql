with

landed as (

    select * from {{ source('quality', 'error_5xx') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- strings
        endpoint,
        error_class,

        ---------- numbers
        status,
        coalesce(count, 1) as count

    from landed

)

select * from renamed

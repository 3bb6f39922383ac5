with

landed as (

    select * from {{ source('compliance', 'aml_screening') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        case_id,

        ---------- strings
        list,
        decision,

        ---------- numbers
        match_score

    from landed

)

select * from renamed

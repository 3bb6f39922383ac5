with

landed as (

    select * from {{ source('gameplay', 'lobby_impression') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        lobby_id,

        ---------- numbers
        position,

        ---------- lists
        tiles

    from landed

)

select * from renamed

with

landed as (

    select * from {{ source('gameplay', 'tile_click') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        game_id,
        lobby_id,

        ---------- strings
        category,

        ---------- numbers
        position

    from landed

)

select * from renamed

{%- set relations = ['stg_account__registrations', 'stg_account__logins', 'int_touches__observed'] -%}

with

-- An event with both ids says whose browser or phone it is.
named as (

    {%- for relation in relations %}
        select
            brand,
            anonymous_id,
            player_id,
            event_id,
            event_at as tied_at
        from {{ ref(relation) }}
        where player_id is not null and anonymous_id is not null
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- Of two players named at one instant the first by event id holds.
numbered as (

    select
        *,
        row_number() over (partition by brand, anonymous_id, tied_at order by event_id) as copy_no
    from named

),

ties as (

    select
        brand,
        anonymous_id,
        player_id,
        tied_at,
        lag(tied_at, 1, timestamp '1900-01-01 00:00:00') over (
            partition by brand, anonymous_id
            order by tied_at
        ) as previous_tied_at
    from numbered
    where copy_no = 1

)

select * from ties

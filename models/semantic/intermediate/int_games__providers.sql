with

aliases as (

    select * from {{ ref('provider_aliases') }}

),

games as (

    select * from {{ ref('games') }}

),

-- A name leads to the provider that the aliases give it, else to the one that the catalogue spells like it.
known as (

    select
        lower(alias) as provider_key,
        provider_id,
        1 as place
    from aliases

    union all

    select
        lower(provider_id) as provider_key,
        provider_id,
        2 as place
    from aliases

    union all

    select
        lower(provider_id) as provider_key,
        provider_id,
        3 as place
    from games

),

ranked as (

    select
        *,
        row_number() over (partition by provider_key order by place, provider_id) as rank_no
    from known

),

providers as (

    select
        provider_key,
        provider_id
    from ranked
    where rank_no = 1

)

select * from providers

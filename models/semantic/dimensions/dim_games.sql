with

catalogue as (

    select * from {{ ref('games') }}

),

placements as (

    select * from {{ ref('stg_gameplay__bets') }}

),

-- Newest figures of a game, should the catalogue keep older ones.
listed as (

    select
        *,
        row_number() over (partition by game_id order by valid_from desc) as newest
    from catalogue

),

-- A newcomer's games are not in the seed: they still need a row that facts and marts can point at.
played as (

    select
        game_id,
        max(provider_id) as provider_id
    from placements
    group by game_id

),

providers as (

    select * from {{ ref('int_games__providers') }}

),

games as (

    select

        ---------- ids
        coalesce(listed.game_id, played.game_id) as game_id,
        coalesce(providers.provider_id, listed.provider_id, played.provider_id) as provider_id,

        ---------- strings
        listed.name,
        listed.kind,

        ---------- mathematics
        cast(listed.rtp as decimal(12, 10)) as rtp,
        cast(listed.sigma as decimal(18, 10)) as sigma,
        cast(listed.body_rtp as decimal(12, 10)) as body_rtp,
        cast(listed.body_sigma as decimal(18, 10)) as body_sigma,
        cast(listed.body_skewness as decimal(18, 10)) as body_skewness,
        cast(listed.tail_probability as decimal(12, 10)) as tail_probability,
        cast(listed.tail_cap as decimal(18, 4)) as tail_cap,
        cast(listed.max_multiplier as decimal(18, 4)) as max_multiplier,

        ---------- booleans
        listed.is_live,
        listed.game_id is not null as is_in_catalogue

    from listed

    full outer join played on listed.game_id = played.game_id

    left join providers on lower(coalesce(listed.provider_id, played.provider_id)) = providers.provider_key

    where coalesce(listed.newest, 1) = 1

)

select * from games

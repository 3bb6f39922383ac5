with

places as (

    select * from {{ ref('stg_gameplay__bets') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

games as (

    -- A game that is not in the catalogue owes its provider there to all bets, also to those of later loads.
    select * from {{ ref('dim_games') }} where is_in_catalogue

),

valued as (

    select

        ---------- ids
        places.event_id,
        places.brand,
        places.player_id,
        places.round_id,
        places.bet_id,
        places.session_id,
        places.trace_id,
        places.game_id,
        coalesce(places.provider_id, games.provider_id) as provider_id,
        places.table_id,

        ---------- strings
        places.jurisdiction,
        places.stake_currency as currency,
        places.wallet_type,
        places.rtp_variant,

        ---------- money
        places.stake_amount as amount,
        places.bonus_stake_amount as bonus_amount,
        {{ rate_to_base('places.stake_currency', 'places.fx_rate', 'places.fx_base', 'rates.rate_to_base') }}
            as fx_rate_to_base,
        games.rtp as catalogue_rtp,

        ---------- booleans
        coalesce(places.is_free_spin, false) as is_free_spin,

        ---------- times
        places.event_at as placed_at,
        {{ gaming_day('places.event_at', 'jurisdictions') }} as gaming_day,
        places.changed_seq

    from places

    left join jurisdictions on places.jurisdiction = jurisdictions.jurisdiction

    left join rates
        on
            places.stake_currency = rates.currency
            and cast(places.event_at as date) = rates.rate_day

    left join games on places.game_id = games.game_id

)

select * from valued

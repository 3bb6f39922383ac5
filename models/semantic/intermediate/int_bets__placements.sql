with

placements as (

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

providers as (

    select * from {{ ref('int_games__providers') }}

),

free_rounds as (

    select * from {{ ref('free_rounds') }}

),

named as (

    select
        placements.*,
        games.rtp as catalogue_rtp,
        placements.provider_id is not null as names_provider,
        coalesce(providers.provider_id, placements.provider_id, games.provider_id, 'unknown') as issuer,
        {{ components_total('placements.components') }} as components_amount,
        placements.is_free_spin and coalesce(free_rounds.mode = 'unstaked', false) as is_unstaked
    from placements
    left join games on placements.game_id = games.game_id
    left join providers on lower(placements.provider_id) = providers.provider_key
    left join free_rounds on placements.brand = free_rounds.brand

),

valued as (

    select

        ---------- ids
        named.event_id,
        named.brand,
        named.player_id,
        named.issuer as provider_id,
        -- Two games of unknown providers may use one number for two rounds.
        case when named.issuer = 'unknown' then 'game ' || named.game_id else 'provider ' || lower(named.issuer) end
            as issuer_id,
        named.round_id,
        named.bet_id,
        named.txn_id,
        named.session_id,
        named.trace_id,
        named.game_id,
        named.table_id,

        ---------- strings
        named.jurisdiction,
        named.stake_currency as currency,
        named.wallet_type,
        named.rtp_variant,

        ---------- money
        case when named.is_unstaked then 0 else named.stake_amount end as amount,
        -- Null where nothing says which wallet paid. The face value of a free round is bonus money.
        case
            when named.is_unstaked then 0
            when named.components_amount = named.stake_amount then {{ component_amount('named.components', 'bonus') }}
            when coalesce(named.wallet_type, case when named.is_free_spin then 'bonus' end) = 'bonus'
                then named.stake_amount
            when named.wallet_type is not null then 0
        end as bonus_amount,
        {{ rate_to_base('named.stake_currency', 'named.fx_rate', 'named.fx_base', 'rates.rate_to_base') }}
            as fx_rate_to_base,
        named.catalogue_rtp,

        ---------- booleans
        named.names_provider,
        named.has_bet_id,
        named.is_free_spin,
        named.is_unstaked,
        coalesce(named.wallet_type, case when named.is_free_spin then 'bonus' end, 'cash') = 'bonus' as is_bonus_stake,
        coalesce(named.components_amount != named.stake_amount, false) as has_bad_components,

        ---------- times
        named.event_at as placed_at,
        {{ gaming_day('named.event_at', 'jurisdictions') }} as gaming_day,
        named.changed_seq

    from named

    left join jurisdictions on named.jurisdiction = jurisdictions.jurisdiction

    left join rates
        on
            named.stake_currency = rates.currency
            and cast(named.event_at as date) = rates.rate_day

)

select * from valued

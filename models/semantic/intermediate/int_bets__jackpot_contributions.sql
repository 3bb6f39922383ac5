with

-- An event id that comes again on another day is a repetition: the earliest counts.
contributions as (

    {{ one_effect_per_key(
        ref('stg_gameplay__jackpot_contributions'),
        ['brand', 'player_id', 'round_id', 'pot_id', 'event_id']
    ) }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

valued as (

    select
        contributions.event_id,
        contributions.brand,
        contributions.player_id,
        contributions.round_id,
        contributions.pot_id,
        contributions.pot_scope,
        contributions.game_id,
        contributions.jurisdiction,
        contributions.currency,
        contributions.amount,
        {{ rate_to_base(
            'contributions.currency', 'contributions.fx_rate', 'contributions.fx_base', 'rates.rate_to_base'
        ) }}
            as fx_rate_to_base,
        contributions.event_at as contributed_at,
        {{ gaming_day('contributions.event_at', 'jurisdictions') }} as gaming_day

    from contributions

    left join jurisdictions on contributions.jurisdiction = jurisdictions.jurisdiction

    left join rates
        on
            contributions.currency = rates.currency
            and cast(contributions.event_at as date) = rates.rate_day

)

select * from valued

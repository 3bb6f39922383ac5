{%- set tip = 'brand, player_id, provider_key, tip_id' -%}
with

providers as (

    select * from {{ ref('int_games__providers') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

named as (

    select
        tips.*,
        coalesce(providers.provider_id, tips.provider_id, 'unknown') as tip_provider_id,
        lower(coalesce(providers.provider_id, tips.provider_id, 'unknown')) as provider_key,
        coalesce(tips.txn_id, tips.event_id) as tip_id,
        tips.reverses_txn_id is not null as is_taken_back
    from {{ ref('stg_gameplay__dealer_tips') }} as tips
    left join providers on lower(tips.provider_id) = providers.provider_key

),

once as (

    {{ one_effect_per_key('named', ['brand', 'player_id', 'provider_key', 'tip_id', 'is_taken_back']) }}

),

given as (

    select * from once where not is_taken_back and not is_conflict

),

-- Taken back at most once over: in order, until nothing is left of the tip. In another currency all of it goes back.
returned as (

    select
        once.*,
        given.tip_id is null as is_unmatched,
        coalesce(once.currency != given.currency, false) as is_foreign,
        coalesce(given.currency, once.currency) as tip_currency,
        coalesce(given.amount, 0) as tip_amount,
        case
            when once.is_conflict or given.tip_id is null then 0
            when once.currency != given.currency then given.amount
            else once.amount
        end as step_amount,
        row_number() over (
            partition by once.brand, once.player_id, once.provider_key, once.reverses_txn_id
            order by once.event_at, once.tip_id
        ) as step_no
    from once
    left join given
        on
            once.brand = given.brand
            and once.player_id = given.player_id
            and once.reverses_txn_id = given.txn_id
            and once.provider_key = given.provider_key
    where once.is_taken_back

),

balances as (

    select
        *,
        {{ bounded_balance(
            'step_amount', 'tip_amount', 'partition by brand, player_id, provider_key, reverses_txn_id order by step_no'
        ) }} as returned_amount
    from returned

),

{% set columns = [
    tip, 'event_id', 'txn_id', 'reverses_txn_id', 'tip_provider_id', 'game_id', 'jurisdiction', 'is_taken_back',
    'is_conflict', 'event_at'
] | join(', ') -%}
movements as (

    select
        {{ columns }},
        currency,
        case when is_conflict then 0 else amount end as amount,
        fx_rate,
        fx_base,
        false as is_unmatched,
        false as is_foreign
    from once
    where not is_taken_back

    union all

    select
        {{ columns }},
        tip_currency as currency,
        coalesce(
            lag(returned_amount) over (
                partition by brand, player_id, provider_key, reverses_txn_id order by step_no
            ), 0
        ) - returned_amount as amount,
        case when not is_foreign then fx_rate end as fx_rate,
        fx_base,
        is_unmatched,
        is_foreign
    from balances

),

tips as (

    select

        ---------- ids
        movements.brand,
        movements.player_id,
        movements.tip_id,
        movements.event_id,
        movements.txn_id,
        movements.reverses_txn_id,
        movements.tip_provider_id as provider_id,
        movements.game_id,

        ---------- strings
        movements.jurisdiction,
        movements.currency,

        ---------- money
        cast(movements.amount as decimal(38, 8)) as amount,
        cast({{ to_base(
            'movements.amount',
            rate_to_base('movements.currency', 'movements.fx_rate', 'movements.fx_base', 'rates.rate_to_base')
        ) }} as decimal(38, 4)) as amount_base,

        ---------- booleans
        movements.is_taken_back,
        movements.is_conflict,
        movements.is_unmatched,
        movements.is_foreign,

        ---------- times
        movements.event_at as tipped_at,
        {{ gaming_day('movements.event_at', 'jurisdictions') }} as gaming_day

    from movements

    left join jurisdictions on movements.jurisdiction = jurisdictions.jurisdiction

    left join rates on movements.currency = rates.currency and cast(movements.event_at as date) = rates.rate_day

)

select * from tips

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent') }}",
    post_hook="{{ mark_built() }}"
) }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent') -%}
{%- set round = 'brand, player_id, round_id' -%}
with

sent as (

    select * from {{ ref('int_bets__sent') }} {{ if_touched }}

),

providers as (

    select * from {{ ref('int_games__providers') }}

),

asked as (

    select
        sent.*,
        coalesce(providers.provider_id, sent.provider_id) as named_provider_id
    from sent
    left join providers on lower(sent.provider_id) = providers.provider_key
    where sent.kind != 'placed'

),

rounds as (

    select * from {{ ref('int_bets__rounds') }}

),

-- Most rounds are one bet: whatever is said of them is about it, by its id or not, or about none.
met as (

    select
        asked.*,
        rounds.is_plain,
        rounds.provider_id as met_provider_id,
        case
            when not rounds.is_plain then null
            when asked.bet_id != rounds.bet_id and rounds.has_bet_id then null
            when asked.named_provider_id is null then rounds.issuer_id
            when lower(asked.named_provider_id) = lower(rounds.provider_id) then rounds.issuer_id
            when not rounds.names_provider and rounds.provider_id = 'unknown' then rounds.issuer_id
            when asked.game_id = rounds.game_id then rounds.issuer_id
        end as plain_issuer_id,
        rounds.bet_id as plain_bet_id,
        coalesce(
            rounds.is_plain
            and rounds.names_provider
            and lower(asked.named_provider_id) != lower(rounds.provider_id),
            false
        ) as is_plain_mismatch
    from asked
    left join rounds using ({{ round }})

),

choices as (

    select * from {{ ref('int_bets__issuers') }}

),

addressed as (

    select
        met.*,
        coalesce(met.plain_issuer_id, choices.issuer_id) as issuer_id,
        case
            when met.plain_issuer_id is not null then met.plain_bet_id
            when met.bet_id is not null then choices.bet_id
        end as met_bet_id,
        case
            when choices.is_ambiguous then 'ambiguous_round'
            when met.is_plain_mismatch or choices.is_mismatch then 'provider_mismatch'
            when choices.is_guessed then 'guessed_provider'
            -- It names a provider, and the round has bets of others only.
            when
                met.plain_issuer_id is null
                and choices.issuer_id is null
                and met.named_provider_id is not null
                and lower(met.named_provider_id) != lower(met.met_provider_id)
                then 'provider_mismatch'
        end as note
    from met
    left join choices using ({{ round }}, kind, event_id, event_at)

),

-- Without a transaction id, the same money of the same bet within a minute may be one event told twice.
repeats as (

    select
        {{ round }},
        kind,
        event_id,
        event_at
    from (
        select
            *,
            lag(event_at) over (
                partition by {{ round }}, issuer_id, met_bet_id, kind, amount, currency, pot_id, wallet
                order by event_at, event_id
            ) as previous_at
        from addressed
        where txn_id is null and kind in ('settled', 'partially_refunded', 'contributed')
    ) as neighbours
    where {{ ms_between('previous_at', 'event_at') }} <= 60000

),

events as (

    select

        ---------- ids
        addressed.event_id,
        addressed.brand,
        addressed.player_id,
        addressed.issuer_id,
        addressed.round_id,
        case when addressed.issuer_id is not null then addressed.met_bet_id else addressed.bet_id end as bet_id,
        addressed.txn_id,
        addressed.named_provider_id,
        addressed.met_provider_id,
        addressed.game_id,
        addressed.pot_id,

        ---------- strings
        addressed.kind,
        addressed.code,
        addressed.currency,
        addressed.jackpot_currency,
        addressed.pot_scope,
        addressed.wallet,
        addressed.fx_base,
        addressed.jurisdiction,
        addressed.note,

        ---------- money
        addressed.amount,
        addressed.bonus_amount,
        addressed.jackpot_amount,

        ---------- numbers
        addressed.fx_rate,
        addressed.rtp_snapshot,
        addressed.latency_ms,
        addressed.revision,

        ---------- booleans
        addressed.is_round_end,
        addressed.has_bad_components,
        repeats.event_id is not null as is_possible_repeat,

        ---------- times
        addressed.event_at,
        addressed.changed_seq

    from addressed

    left join repeats using ({{ round }}, kind, event_id, event_at)

)

select * from events

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent') }}",
    post_hook="{{ mark_built() }}"
) }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent') -%}
{%- set round = 'brand, player_id, issuer_id, round_id, as_of_day' -%}
{%- set key = round ~ ', is_of_round, key_bet_id, settlement_id, wallet' -%}
with

all_events as (

    select * from {{ ref('int_bets__events') }} {{ if_touched }}

),

reversals as (

    select * from {{ ref('int_bets__reversals') }} {{ if_touched }}

),

days as (

    select * from {{ ref('int_bets__days') }} {{ if_touched }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

events as (

    select
        brand,
        player_id,
        {{ issuer_or_nobody() }} as issuer_id,
        round_id,
        bet_id,
        bet_id is null as is_of_round,
        coalesce(bet_id, '') as key_bet_id,
        coalesce(txn_id, event_id) as settlement_id,
        txn_id,
        game_id,
        kind,
        jurisdiction,
        note,
        currency,
        amount,
        bonus_amount,
        coalesce(wallet, '') as wallet,
        jackpot_currency,
        jackpot_amount,
        pot_scope,
        revision,
        rtp_snapshot,
        {{ latency_or_null('latency_ms') }} as latency_ms,
        is_round_end,
        issuer_id is null as is_orphan,
        event_at,
        changed_seq
    from all_events
    -- A rollback that finds no bet can name a settlement that found none either.
    where kind in ('settled', 'unsettled') or (kind = 'rolled_back' and issuer_id is null and txn_id is not null)

),

known as (

    {{ by_day('events', 'event_at', 'days') }}

),

copies as (

    select * from known where kind = 'settled'

),

-- What is taken back: a settlement by its transaction, or all that are not later. A rollback may name a settlement too.
taken_back as (

    select
        {{ round }},
        bet_id,
        txn_id,
        event_at
    from known
    where kind != 'settled'

    union all

    select
        {{ round }},
        bet_id,
        stake_id as txn_id,
        event_at
    from reversals
    where reach = 'settlement'

),

carrying_rounds as (

    select distinct {{ round }} from copies where txn_id is not null

),

hits as (

    select
        {{ key }},
        max(taken_back.event_at) as unsettled_at
    from copies
    inner join taken_back using ({{ round }})
    left join carrying_rounds using ({{ round }})
    where
        (taken_back.bet_id is null or taken_back.bet_id = copies.bet_id)
        and (
            taken_back.txn_id = copies.txn_id
            or (
                -- A transaction says nothing where no settlement of the round has one.
                (taken_back.txn_id is null or carrying_rounds.round_id is null)
                and copies.event_at <= taken_back.event_at
            )
        )
    group by {{ key }}

),

-- The content that was taken back: the last one that is not later; of a key that is only met afterwards, the first.
taken as (

    select
        {{ key }},
        copies.revision,
        copies.amount,
        copies.currency,
        hits.unsettled_at,
        row_number() over (
            partition by {{ key }}
            order by
                case when copies.event_at <= hits.unsettled_at then 0 else 1 end,
                case when copies.event_at <= hits.unsettled_at then copies.event_at end desc,
                copies.event_at,
                copies.revision desc
        ) as taken_no
    from copies
    inner join hits using ({{ key }})

),

last_taken as (

    select * from taken where taken_no = 1

),

standing as (

    select copies.*
    from copies
    left join last_taken using ({{ key }})
    where
        last_taken.unsettled_at is null
        or (
            copies.event_at > last_taken.unsettled_at
            and (
                copies.revision > last_taken.revision
                or (
                    copies.revision = last_taken.revision
                    and (copies.amount != last_taken.amount or copies.currency != last_taken.currency)
                )
            )
        )

),

corrected as (

    select
        {{ key }},
        max(revision) as revision
    from standing
    where revision > 0
    group by {{ key }}

),

first_said as (

    select
        {{ key }},
        min(copies.revision) as first_revision
    from copies
    inner join corrected using ({{ key }})
    group by {{ key }}

),

rated as (

    select
        standing.*,
        first_said.first_revision,
        case
            when standing.jackpot_currency != standing.currency
                then {{ quotient_or_null(
                    rate_to_base('standing.jackpot_currency', 'null', 'null', 'pot_rates.rate_to_base'),
                    rate_to_base('standing.currency', 'null', 'null', 'rates.rate_to_base'),
                    18
                ) }}
        end as pot_rate
    from standing
    left join first_said using ({{ key }})
    left join corrected using ({{ key }})
    left join rates as pot_rates
        on
            case when standing.jackpot_currency != standing.currency then standing.jackpot_currency end
            = pot_rates.currency
            and cast(standing.event_at as date) = pot_rates.rate_day
    left join rates
        on
            case when standing.jackpot_currency != standing.currency then standing.currency end = rates.currency
            and cast(standing.event_at as date) = rates.rate_day
    where corrected.revision is null or standing.revision = corrected.revision

),

valued as (

    select
        *,
        case
            when jackpot_currency = currency then jackpot_amount
            when jackpot_amount is not null then coalesce({{ product_or_null('jackpot_amount', 'pot_rate', 8) }}, 0)
        end as jackpot
    from rated

),

settlements as (

    select

        ---------- ids
        {{ round }},
        is_of_round,
        case when not is_of_round then key_bet_id end as bet_id,
        settlement_id,
        wallet,
        max(txn_id) as txn_id,
        max(game_id) as game_id,
        max(jurisdiction) as jurisdiction,
        max(note) as note,

        ---------- money
        max(currency) as currency,
        max(amount) as payout_amount,
        max(bonus_amount) as bonus_amount,
        coalesce(max(jackpot), 0) as jackpot_amount,
        coalesce(max(case when pot_scope = 'network' then jackpot end), 0) as network_amount,

        ---------- numbers
        max(rtp_snapshot) as rtp_snapshot,
        min(case when is_round_end then latency_ms end) as settle_latency_ms,
        count(*) as copies,

        ---------- state and times
        min(amount) != max(amount) or min(currency) != max(currency) as is_conflict,
        bool_or(coalesce(jackpot_currency != currency, false)) as has_foreign_jackpot,
        bool_or(is_orphan) as is_orphan,
        bool_or(is_latest) as is_latest,
        min(event_at) as settled_at,
        min(case when revision > first_revision then event_at end) as corrected_at,
        min(case when is_round_end then event_at end) as round_ended_at,
        max(changed_seq) as changed_seq

    from valued
    group by {{ key }}

)

select * from settlements

{{ config(materialized='ephemeral') }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent', 'int_bets__states') -%}
{%- set round = 'brand, player_id, issuer_id, round_id, as_of_day' -%}
{%- set bet = round ~ ', bet_id' -%}
{%- set amounts = ['payout_amount', 'jackpot_amount', 'network_amount', 'said_bonus_amount', 'said_amount'] -%}
with

all_settlements as (

    select * from {{ ref('int_bets__settlements') }} {{ if_touched }}

),

all_events as (

    select * from {{ ref('int_bets__events') }} {{ if_touched }}

),

reversals as (

    select * from {{ ref('int_bets__reversals') }} {{ if_touched }}

),

days as (

    select * from {{ ref('int_bets__days') }} {{ if_touched }}

),

bets as (

    select
        *,
        handle_amount as weight
    from {{ ref('int_bets__handles') }}
    where is_counted and takes_part

),

-- What says how it splits over the wallets is kept apart from what does not.
settlements as (

    select
        *,
        coalesce(bonus_amount, 0) as said_bonus_amount,
        case when bonus_amount is not null then payout_amount else 0 end as said_amount
    from all_settlements
    where not is_conflict and not is_orphan

),

round_wins as (

    select
        {{ round }},
        currency,
        {%- for amount in amounts %}
            sum({{ amount }}) as {{ amount }},
        {%- endfor %}
        max(rtp_snapshot) as rtp_snapshot,
        min(settle_latency_ms) as settle_latency_ms,
        min(round_ended_at) as round_ended_at,
        bool_or(has_foreign_jackpot) as has_foreign_jackpot
    from settlements
    where is_of_round
    group by {{ round }}, currency

),

shares as (

    {{ split_by_stake('round_wins', 'bets', round, amounts) }}

),

bet_unsettles as (

    select * from all_events where kind = 'unsettled' and bet_id is not null

),

known_unsettles as (

    {{ by_day('bet_unsettles', 'event_at', 'days') }}

),

-- A rollback that names a settlement is an unsettle.
unsettles as (

    select {{ bet }}, txn_id, event_at from known_unsettles
    union all
    select {{ bet }}, stake_id as txn_id, event_at from reversals where reach = 'settlement' and bet_id is not null

),

-- Bets that lost their part of what their round had won: it was taken back by itself, or they were reversed whole and
-- placed anew.
parted_bets as (

    select
        {{ bet }},
        greatest(
            max(bets.reversed_until), max(case when unsettles.txn_id is null then unsettles.event_at end)
        ) as gone_until
    from bets
    left join unsettles using ({{ bet }})
    where bets.reversed_until is not null or unsettles.event_at is not null
    group by {{ bet }}

),

gone_txns as (

    select
        {{ bet }},
        txn_id,
        max(event_at) as gone_at
    from unsettles
    where txn_id is not null
    group by {{ bet }}, txn_id

),

pairs as (

    select
        parted_bets.*,
        settlements.currency,
        settlements.rtp_snapshot,
        settlements.settle_latency_ms,
        settlements.round_ended_at,
        {%- for amount in amounts %}
            settlements.{{ amount }},
        {%- endfor %}
        coalesce(settlements.settled_at > parted_bets.gone_until, true)
        and (gone_txns.txn_id is null or coalesce(settlements.corrected_at > gone_txns.gone_at, false)) as is_left
    from parted_bets
    inner join settlements using ({{ round }})
    left join gone_txns
        on
            parted_bets.brand = gone_txns.brand
            and parted_bets.player_id = gone_txns.player_id
            and parted_bets.issuer_id = gone_txns.issuer_id
            and parted_bets.round_id = gone_txns.round_id
            and parted_bets.as_of_day = gone_txns.as_of_day
            and parted_bets.bet_id = gone_txns.bet_id
            and settlements.txn_id = gone_txns.txn_id
    where settlements.is_of_round

),

-- Such a bet has its share of what was left to it.
parted as (

    select
        {{ bet }},
        currency,
        {%- for amount in amounts %}
            sum(case when is_left then {{ amount }} else 0 end) as {{ amount }},
        {%- endfor %}
        bool_or(is_left) as has_any,
        max(case when is_left then rtp_snapshot end) as rtp_snapshot,
        min(case when is_left then settle_latency_ms end) as settle_latency_ms,
        min(case when is_left then round_ended_at end) as round_ended_at
    from pairs
    group by {{ bet }}, currency

),

last_bets as (

    select
        {{ round }},
        max(bet_id) as bet_id
    from bets
    group by {{ round }}

),

left_to_last_bets as (

    select parted.*
    from parted
    inner join last_bets using ({{ bet }})

),

-- The last bet takes what the others leave of it, as it does of what was won.
shares_of_last_bets as (

    {{ split_by_stake('left_to_last_bets', 'bets', round, amounts) }}

),

wins as (

    select
        {{ bet }},
        settlements.currency,
        {%- for amount in amounts %}
            settlements.{{ amount }},
        {%- endfor %}
        settlements.rtp_snapshot,
        settlements.settle_latency_ms,
        settlements.round_ended_at,
        settlements.has_foreign_jackpot
    from settlements
    inner join bets using ({{ bet }})
    where bets.reversed_until is null or settlements.settled_at > bets.reversed_until

    union all

    select
        {{ bet }},
        currency,
        {%- for amount in amounts %}
            shares.{{ amount }},
        {%- endfor %}
        round_wins.rtp_snapshot,
        round_wins.settle_latency_ms,
        round_wins.round_ended_at,
        round_wins.has_foreign_jackpot
    from shares
    inner join round_wins using ({{ round }}, currency)
    left join parted using ({{ bet }}, currency)
    where parted.bet_id is null

    union all

    select
        {{ bet }},
        currency,
        {%- for amount in amounts %}
            case
                when last_bets.bet_id is not null then shares_of_last_bets.{{ amount }}
                else
                    coalesce(
                        {{ truncated_share_or_null('parted.' ~ amount, 'shares.weight', 'shares.total_weight') }}, 0
                    )
            end as {{ amount }},
        {%- endfor %}
        parted.rtp_snapshot,
        parted.settle_latency_ms,
        parted.round_ended_at,
        round_wins.has_foreign_jackpot
    from parted
    inner join shares using ({{ bet }}, currency)
    inner join round_wins using ({{ round }}, currency)
    left join last_bets using ({{ bet }})
    left join shares_of_last_bets using ({{ bet }}, currency)
    where parted.has_any

),

-- What was won in another currency stands apart and does not end the bet.
payouts as (

    select
        {{ bet }},
        {%- for amount in amounts %}
            sum(case when wins.currency = bets.bet_currency then wins.{{ amount }} else 0 end) as {{ amount }},
        {%- endfor %}
        max(wins.rtp_snapshot) as rtp_snapshot,
        min(case when wins.currency = bets.bet_currency then wins.settle_latency_ms end) as reported_settle_ms,
        min(case when wins.currency = bets.bet_currency then wins.round_ended_at end) as round_ended_at,
        bool_or(wins.currency != bets.bet_currency) as has_foreign_payout,
        bool_or(wins.has_foreign_jackpot) as has_foreign_jackpot
    from wins
    inner join bets using ({{ bet }})
    group by {{ bet }}

)

select * from payouts

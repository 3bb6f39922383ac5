{%- set round = 'brand, player_id, issuer_id, round_id' -%}
{%- set bet = round ~ ', bet_id' -%}
with

settlements as (

    select * from {{ ref('int_bets__settlements') }} where is_latest and not is_conflict

),

bets as (

    select
        *,
        handle_amount as weight
    from {{ ref('int_bets__states') }}
    where is_latest and is_counted and not is_disputed

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

unknown_bets as (

    select
        {{ round }},
        bet_id,
        settlement_id,
        wallet,
        game_id,
        jurisdiction,
        currency,
        payout_amount,
        settled_at,
        coalesce(note, 'unknown_bet') as reason
    from settlements
    where is_orphan

),

-- A win in another currency than its bet's is no payout of that bet.
foreign_wins as (

    select
        {{ bet }},
        settlements.settlement_id,
        settlements.wallet,
        bets.game_id,
        bets.jurisdiction,
        settlements.currency,
        settlements.payout_amount,
        settlements.settled_at,
        'currency_mismatch' as reason
    from settlements
    inner join bets using ({{ bet }})
    where
        settlements.currency != bets.currency
        and (bets.reversed_until is null or settlements.settled_at > bets.reversed_until)

),

foreign_rounds as (

    select distinct {{ round }} from bets where has_foreign_payout

),

bet_unsettles as (

    select * from {{ ref('int_bets__events') }} where kind = 'unsettled' and bet_id is not null

),

lost_transactions as (

    select distinct
        {{ bet }},
        txn_id
    from bet_unsettles
    where txn_id is not null

),

-- Since when a bet has its part of what its round wins: after it was reversed, or its part was taken back by itself.
lost as (

    select
        {{ bet }},
        max(case when txn_id is null then event_at end) as lost_until,
        max(case when txn_id is not null then bet_id end) as losing_bet_id
    from bet_unsettles
    group by {{ bet }}

),

-- Bets with one fate are shared out to as one, or the work would grow with the product of bets and settlements.
fates as (

    select
        {{ round }},
        bets.currency as bet_currency,
        bets.jurisdiction,
        bets.game_id,
        greatest(bets.reversed_until, lost.lost_until) as lost_until,
        max(bet_id) as bet_id,
        sum(bets.weight) as weight
    from bets
    inner join foreign_rounds using ({{ round }})
    left join lost using ({{ bet }})
    group by
        {{ round }}, bets.currency, bets.jurisdiction, bets.game_id, greatest(bets.reversed_until, lost.lost_until),
        lost.losing_bet_id

),

round_wins as (

    select
        {{ round }},
        settlements.settlement_id,
        settlements.wallet,
        settlements.txn_id,
        settlements.currency,
        settlements.payout_amount,
        settlements.settled_at
    from settlements
    inner join foreign_rounds using ({{ round }})
    where settlements.is_of_round

),

shares as (

    {{ split_by_stake(
        'round_wins', 'fates', round, ['payout_amount'], 'settlement_id, wallet, txn_id, currency, settled_at'
    ) }}

),

foreign_shares as (

    select
        {{ bet }},
        shares.settlement_id,
        shares.wallet,
        fates.game_id,
        fates.jurisdiction,
        shares.currency,
        shares.payout_amount,
        shares.settled_at,
        'currency_mismatch' as reason
    from shares
    inner join fates using ({{ bet }})
    left join lost_transactions using ({{ bet }}, txn_id)
    where
        shares.currency != fates.bet_currency
        and (fates.lost_until is null or shares.settled_at > fates.lost_until)
        and lost_transactions.txn_id is null

),

{% set columns = bet ~ ', settlement_id, wallet, game_id, jurisdiction, currency, payout_amount, settled_at, reason' -%}
orphaned as (

    select {{ columns }} from unknown_bets
    union all
    select {{ columns }} from foreign_wins
    union all
    select {{ columns }} from foreign_shares

),

orphans as (

    select

        ---------- ids
        orphaned.brand,
        orphaned.player_id,
        orphaned.issuer_id,
        orphaned.round_id,
        orphaned.bet_id,
        orphaned.settlement_id,
        orphaned.wallet,
        orphaned.game_id,

        ---------- strings
        orphaned.jurisdiction,
        orphaned.currency,
        orphaned.reason,

        ---------- money
        cast(orphaned.payout_amount as decimal(38, 8)) as payout_amount,

        ---------- times
        orphaned.settled_at,
        {{ gaming_day('orphaned.settled_at', 'jurisdictions') }} as gaming_day

    from orphaned

    left join jurisdictions on orphaned.jurisdiction = jurisdictions.jurisdiction

)

select * from orphans

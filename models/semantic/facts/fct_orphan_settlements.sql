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

round_wins as (

    select
        {{ round }},
        settlements.currency,
        sum(settlements.payout_amount) as payout_amount,
        min(settlements.settled_at) as settled_at
    from settlements
    inner join foreign_rounds using ({{ round }})
    where settlements.is_of_round
    group by {{ round }}, settlements.currency

),

shares as (

    {{ split_by_stake('round_wins', 'bets', round, ['payout_amount']) }}

),

foreign_shares as (

    select
        {{ bet }},
        'shares of ' || shares.currency as settlement_id,
        '' as wallet,
        bets.game_id,
        bets.jurisdiction,
        shares.currency,
        shares.payout_amount,
        round_wins.settled_at,
        'currency_mismatch' as reason
    from shares
    inner join bets using ({{ bet }})
    inner join round_wins
        on
            shares.brand = round_wins.brand
            and shares.player_id = round_wins.player_id
            and shares.issuer_id = round_wins.issuer_id
            and shares.round_id = round_wins.round_id
            and shares.currency = round_wins.currency
    where shares.currency != bets.currency

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

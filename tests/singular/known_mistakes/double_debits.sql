{{ config(group='core', severity='warn') }}
-- depends_on: {{ ref('cash_reconciliation') }}
-- The mistake: a retried call takes a stake from the wallet twice, under two transaction ids, and every ledger still
-- adds up. Found where the debits for a round, less those taken back, exceed what the player staked in it, whatever
-- became of the bets. Where a bet of the round is in conflict, what was staked is not known.
-- It runs after the reconciliation, so that the mart which shows the day as unmatched is there to be looked at.
with

debits as (

    select
        brand,
        player_id,
        round_id,
        currency,
        sum(-signed_amount) as debited_amount
    from {{ ref('int_payments__booked_movements') }}
    where
        entity = 'bet'
        and ref_type = 'bet'
    group by
        brand,
        player_id,
        round_id,
        currency

),

stakes as (

    select
        brand,
        player_id,
        round_id,
        currency,
        sum(stake_amount) as staked_amount
    from {{ ref('fct_bets') }}
    group by
        brand,
        player_id,
        round_id,
        currency
    having not bool_or(has_currency_mismatch)

),

conflicts as (

    select distinct
        brand,
        player_id,
        round_id
    from {{ ref('stg_landing__left_out') }}
    where round_id is not null

)

select
    debits.brand,
    debits.player_id,
    debits.round_id,
    debits.debited_amount,
    stakes.staked_amount
from debits
inner join stakes
    on
        debits.brand = stakes.brand
        and debits.player_id = stakes.player_id
        and debits.round_id = stakes.round_id
        and debits.currency = stakes.currency
left join conflicts
    on
        debits.brand = conflicts.brand
        and debits.player_id = conflicts.player_id
        and debits.round_id = conflicts.round_id
where
    debits.debited_amount > stakes.staked_amount
    and conflicts.round_id is null

with

settlement_events as (

    select * from {{ ref('stg_gameplay__settlements') }}

),

places as (

    select * from {{ ref('stg_gameplay__bets') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),


settlements as (

    {{ settlements_once('settlement_events') }}

),

-- With a bet id the bet itself must have been placed, without one any bet of the round and player. A cancelled bet was placed.
orphaned as (

    select *
    from settlements
    where not exists (
        select 1
        from places
        where
            places.brand = settlements.brand
            and places.player_id = settlements.player_id
            and places.round_id = settlements.round_id
            and (settlements.bet_id is null or places.bet_id = settlements.bet_id)
    )

),

orphans as (

    select

        ---------- ids
        orphaned.brand,
        orphaned.player_id,
        orphaned.round_id,
        orphaned.bet_id,
        orphaned.settlement_id,
        orphaned.game_id,

        ---------- strings
        orphaned.jurisdiction,
        orphaned.currency,

        ---------- money
        cast(orphaned.payout_amount as decimal(38, 4)) as payout_amount,

        ---------- times
        orphaned.booked_at as settled_at,
        {{ gaming_day('orphaned.booked_at', 'jurisdictions') }} as gaming_day

    from orphaned

    left join jurisdictions on orphaned.jurisdiction = jurisdictions.jurisdiction

)

select * from orphans

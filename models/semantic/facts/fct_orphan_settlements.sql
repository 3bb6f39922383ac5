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

-- A settlement with a bet id needs that bet, one without needs any of its round and player. A cancelled bet was placed.
known as (

    select
        brand,
        player_id,
        round_id,
        bet_id as meant
    from places
    union
    select
        brand,
        player_id,
        round_id,
        '' as meant
    from places

),

orphaned as (

    select settlements.*
    from settlements
    left join known
        on
            settlements.brand = known.brand
            and settlements.player_id = known.player_id
            and settlements.round_id = known.round_id
            and coalesce(settlements.bet_id, '') = known.meant
    where known.meant is null

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
        cast(orphaned.payout_amount as decimal(38, 8)) as payout_amount,

        ---------- times
        orphaned.booked_at as settled_at,
        {{ gaming_day('orphaned.booked_at', 'jurisdictions') }} as gaming_day

    from orphaned

    left join jurisdictions on orphaned.jurisdiction = jurisdictions.jurisdiction

)

select * from orphans

{{ config(materialized='table') }}

with

players as (

    select * from {{ ref('dim_players') }} where registered_at is not null

),

checks as (

    select * from {{ ref('fct_kyc_checks') }}

),

bets as (

    select * from {{ ref('fct_bets') }} where is_counted

),

orders as (

    select distinct order_of from {{ ref('int_acquisition__orders') }}

),

verifications as (

    select
        brand,
        player_id,
        min(verified_at) as verified_at
    from checks
    group by
        brand,
        player_id

),

-- A stake before the first deposit was the house's money: the step is the first bet from the deposit on.
first_bets as (

    select
        players.brand,
        players.player_id,
        min(bets.placed_at) as first_bet_at
    from players
    inner join bets on players.brand = bets.brand and players.player_id = bets.player_id
    where bets.placed_at >= players.first_deposit_at
    group by
        players.brand,
        players.player_id

),

accounts as (

    select

        ---------- ids
        players.brand,
        players.player_id,

        ---------- strings
        players.jurisdiction,
        coalesce(orders.order_of, '*') as order_of,

        ---------- times
        players.registration_day,
        players.latest_gaming_day,
        players.registered_at,
        verifications.verified_at,
        players.first_deposit_at,
        first_bets.first_bet_at

    from players

    left join orders on players.jurisdiction = orders.order_of

    left join verifications on players.brand = verifications.brand and players.player_id = verifications.player_id

    left join first_bets on players.brand = first_bets.brand and players.player_id = first_bets.player_id

)

select * from accounts

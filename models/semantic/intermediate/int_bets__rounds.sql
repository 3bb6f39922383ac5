{{ config(materialized='ephemeral') }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent', 'int_bets__events') -%}
with

placements as (

    select * from {{ ref('int_bets__placements') }} {{ if_touched }}

),

rounds as (

    select
        brand,
        player_id,
        round_id,
        min(issuer_id) as issuer_id,
        min(provider_id) as provider_id,
        min(game_id) as game_id,
        min(bet_id) as bet_id,
        bool_and(names_provider) as names_provider,
        bool_and(has_bet_id) as has_bet_id,
        min(issuer_id) = max(issuer_id) as has_one_issuer,
        min(issuer_id) = max(issuer_id)
        and min(game_id) = max(game_id)
        and min(bet_id) = max(bet_id)
        and bool_and(names_provider) = bool_or(names_provider)
        and bool_and(has_bet_id) = bool_or(has_bet_id) as is_plain
    from placements
    group by
        brand,
        player_id,
        round_id

)

select * from rounds

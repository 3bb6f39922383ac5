{{ config(materialized='table') }}

{#- Credited are the days from the first deposit's to 90 days later, both included, as ltv_cohorts counts age 90. -#}
{%- set credited_ms = 90 * 86400000 -%}

with

conversions as (

    select * from {{ ref('dim_players') }} where first_deposit_day <= latest_gaming_day

),

player_days as (

    select * from {{ ref('int_players__days') }}

),

earned as (

    select
        conversions.brand,
        conversions.player_id,
        {{ sum_known('player_days.ngr_base') }} as ngr_base
    from conversions
    inner join player_days on conversions.brand = player_days.brand and conversions.player_id = player_days.player_id
    where
        {{ ms_between(
            'cast(conversions.first_deposit_day as timestamp)',
            'cast(player_days.gaming_day as timestamp)'
        ) }} between 0 and {{ credited_ms }}
    group by
        conversions.brand,
        conversions.player_id

),

valued as (

    select
        conversions.brand,
        conversions.player_id,
        conversions.first_deposit_at as converted_at,
        conversions.first_deposit_day as conversion_day,
        conversions.jurisdiction,
        earned.ngr_base,
        coalesce(
            {{ ms_between(
                'cast(conversions.first_deposit_day as timestamp)',
                'cast(conversions.latest_gaming_day as timestamp)'
            ) }} > {{ credited_ms }},
            false
        ) as is_mature
    from conversions
    left join earned on conversions.brand = earned.brand and conversions.player_id = earned.player_id

)

select * from valued

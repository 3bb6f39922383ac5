{{ config(materialized='table') }}

{%- set conditions = [] -%}
{%- for place in range(1, 7) -%}
    {%- do conditions.append("stage = '" ~ place ~ "'") -%}
{%- endfor -%}

with

moments as (

    select * from {{ ref('int_acquisition__moments') }}

),

accounts as (

    select * from {{ ref('int_acquisition__accounts') }}

),

orders as (

    select distinct order_of from {{ ref('int_acquisition__orders') }}

),

clock_days as (

    select * from {{ ref('int_clock__days') }}

),

-- The funnel asks for words.
staged as (

    select
        *,
        cast(place as string) as stage
    from moments

),

reached as (

    {{ funnel(
        'staged',
        conditions,
        window_s=var('acquisition_window_days', 30) * 86400,
        unit=['brand', 'visitor_id'],
        ts='happened_at'
    ) }}

),

-- Two touches of one instant: the first by id begins the road.
numbered_starts as (

    select
        moments.*,
        row_number() over (
            partition by moments.brand, moments.visitor_id
            order by moments.is_implied, moments.touch_id
        ) as start_no
    from moments
    inner join reached
        on
            moments.brand = reached.brand
            and moments.visitor_id = reached.visitor_id
            and moments.happened_at = reached.step_1_at
    where moments.place = 1

),

clicks as (

    select
        moments.brand,
        moments.visitor_id,
        moments.happened_at,
        min(case when moments.is_implied then 1 else 0 end) = 1 as is_implied
    from moments
    where moments.place = 2
    group by
        moments.brand,
        moments.visitor_id,
        moments.happened_at

),

roads as (

    select

        ---------- ids
        reached.brand,
        reached.visitor_id,

        ---------- the touch that begins it
        beginnings.gaming_day as cohort_day,
        beginnings.channel,
        beginnings.campaign_id,
        beginnings.creative_id,

        ---------- the road
        coalesce(accounts.order_of, orders.order_of, '*') as order_of,
        beginnings.is_organic,
        beginnings.is_implied as is_view_implied,
        coalesce(clicks.is_implied, false) as is_click_implied,
        {{ is_ahead('beginnings.gaming_day', 'accounts', 'clock_days') }} as is_ahead,
        reached.level,
        reached.step_1_at,
        reached.step_2_at,
        reached.step_3_at,
        reached.step_4_at,
        reached.step_5_at,
        reached.step_6_at

    from reached

    inner join numbered_starts as beginnings
        on
            reached.brand = beginnings.brand
            and reached.visitor_id = beginnings.visitor_id
            and beginnings.start_no = 1

    left join clicks
        on
            reached.brand = clicks.brand
            and reached.visitor_id = clicks.visitor_id
            and reached.step_2_at = clicks.happened_at

    left join accounts
        on reached.brand = accounts.brand and reached.visitor_id = {{ visiting_player('accounts.player_id') }}

    left join orders on beginnings.jurisdiction = orders.order_of

    left join clock_days on beginnings.jurisdiction = clock_days.jurisdiction

)

select * from roads

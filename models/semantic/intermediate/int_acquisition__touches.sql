{%- set window_ms = var('acquisition_window_days', 30) * 86400000 -%}
{%- set touch = 'brand, visitor_id, touch_id, channel, campaign_id, creative_id, jurisdiction, gaming_day' -%}

with

touches as (

    select * from {{ ref('fct_touches') }} where not is_direct

),

accounts as (

    select * from {{ ref('int_acquisition__accounts') }}

),

placed as (

    select
        touches.brand,
        touches.visitor_id,
        accounts.registered_at,
        case when touches.touch_type = 'view' then 1 else 2 end as place,
        touches.touched_at as happened_at,
        {{ ms_between("timestamp '1970-01-01 00:00:00'", 'touches.touched_at') }} as happened_ms,
        touches.touch_id,
        touches.channel,
        coalesce(touches.campaign_id, 'none') as campaign_id,
        coalesce(touches.creative_id, 'none') as creative_id,
        touches.jurisdiction,
        touches.gaming_day
    from touches
    left join accounts on touches.brand = accounts.brand and touches.player_id = accounts.player_id

),

-- What advertising did for a player ends with the registration and reaches back as far as the window.
within_reach as (

    select *
    from placed
    where registered_at is null or {{ ms_between('happened_at', 'registered_at') }} between 0 and {{ window_ms }}

),

looked_back as (

    select
        *,
        max(case when place = 1 then happened_ms end) over (
            partition by brand, visitor_id
            order by happened_ms, place
            rows between unbounded preceding and current row
        ) as last_view_ms,
        max(place) over (partition by brand, visitor_id) as last_place,
        row_number() over (partition by brand, visitor_id order by happened_ms desc, touch_id desc) as recency
    from within_reach

),

-- Nobody clicks what he has not seen, and who registers after a view came by it: a step that nobody told of is implied.
told_and_implied as (

    select
        {{ touch }},
        place,
        happened_at,
        false as is_implied
    from looked_back

    union all

    select
        {{ touch }},
        1 as place,
        happened_at,
        true as is_implied
    from looked_back
    where place = 2 and coalesce(happened_ms - last_view_ms > {{ window_ms }}, true)

    union all

    select
        {{ touch }},
        2 as place,
        registered_at as happened_at,
        true as is_implied
    from looked_back
    where last_place = 1 and recency = 1 and registered_at is not null

)

select * from told_and_implied

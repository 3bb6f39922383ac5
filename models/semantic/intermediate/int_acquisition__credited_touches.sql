{%- set day_ms = 86400000 -%}

with

conversions as (

    select * from {{ ref('int_acquisition__conversions') }}

),

touches as (

    select * from {{ ref('fct_touches') }} where player_id is not null

),

preceding as (

    select
        conversions.brand,
        conversions.player_id,
        touches.touch_id,
        touches.touch_type,
        touches.channel,
        touches.campaign_id,
        touches.is_direct,
        touches.touched_at,
        {{ ms_between('touches.touched_at', 'conversions.converted_at') }} as age_ms
    from conversions
    inner join touches on conversions.brand = touches.brand and conversions.player_id = touches.player_id

),

looked_back as (

    select *
    from preceding
    where age_ms between 0 and case when touch_type = 'view' then {{ day_ms }} else {{ 30 * day_ms }} end

),

numbered as (

    select
        *,
        row_number() over in_order as touch_no,
        count(*) over same_conversion as touches,
        count(case when not is_direct then 1 end) over same_conversion as marketing_touches,
        sum(case when not is_direct then 1 else 0 end) over in_order as marketing_no
    from looked_back
    window
        same_conversion as (partition by brand, player_id),
        in_order as (partition by brand, player_id order by touched_at, touch_id)

),

-- Whole numbers, so that a share is exact; the decayed one has four places, enough for touches of 30 days.
weighted as (

    select
        *,
        case when touch_no = 1 then 1 else 0 end as first_weight,
        case when touch_no = touches then 1 else 0 end as last_weight,
        case
            when marketing_touches = 0 and touch_no = touches then 1
            when not is_direct and marketing_no = marketing_touches then 1
            else 0
        end as last_non_direct_weight,
        1 as linear_weight,
        round(10000 * power(0.5, {{ ratio('age_ms', 7 * day_ms) }}), 4) as time_decay_weight,
        case
            when touches <= 2 then 1
            when touch_no in (1, touches) then 2 * (touches - 2)
            else 1
        end as position_weight
    from numbered

)

select * from weighted

{{ config(materialized='table') }}

{%- set models = ['first', 'last', 'last_non_direct', 'linear', 'time_decay', 'position'] -%}

with

conversions as (

    select * from {{ ref('int_acquisition__conversions') }}

),

touches as (

    select * from {{ ref('int_acquisition__credited_touches') }}

),

-- Whom no touch brought, nobody else may claim: the whole goes to `organic`.
untouched as (

    select conversions.*
    from conversions
    left join touches on conversions.brand = touches.brand and conversions.player_id = touches.player_id
    where touches.player_id is null

),

parties as (

    select
        brand,
        player_id,
        touch_no,
        channel,
        campaign_id,
        {{ models | join('_weight, ') }}_weight
    from touches

    union all

    select
        brand,
        player_id,
        1 as touch_no,
        'organic' as channel,
        cast(null as string) as campaign_id,
        1 as {{ models | join('_weight, 1 as ') }}_weight
    from untouched

),

weights as (

    {%- for model in models %}
        select
            brand,
            player_id,
            touch_no,
            channel,
            campaign_id,
            '{{ model }}' as model,
            cast({{ model }}_weight as decimal(38, 4)) as weight
        from parties
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

totals as (

    select
        *,
        sum(weight) over (partition by brand, player_id, model) as total_weight
    from weights

),

-- Each touch gets its part of one conversion, cut to 8 decimals, and of the revenue, cut to 4.
shares as (

    select
        totals.*,
        conversions.conversion_day,
        conversions.is_mature,
        conversions.ngr_base,
        {{ truncated_share_or_null('cast(1 as decimal(28, 8))', 'totals.weight', 'totals.total_weight') }} as part,
        {{ truncated_share_or_null('conversions.ngr_base', 'totals.weight', 'totals.total_weight', digits=4) }}
            as ngr_part
    from totals
    inner join conversions on totals.brand = conversions.brand and totals.player_id = conversions.player_id

),

-- The last touch that has any weight takes what the cuts left over, so that the parts make the whole.
receivers as (

    select
        *,
        max(case when weight > 0 then touch_no end) over same_conversion as last_no,
        sum(part) over same_conversion as all_parts,
        sum(ngr_part) over same_conversion as all_ngr_parts
    from shares
    window same_conversion as (partition by brand, player_id, model)

),

credited as (

    select
        brand,
        player_id,
        model,
        touch_no,
        conversion_day,
        is_mature,
        channel,
        campaign_id,
        cast(part + case when touch_no = last_no then 1 - all_parts else 0 end as decimal(18, 8)) as credit,
        cast(
            case
                when ngr_base is not null
                    then ngr_part + case when touch_no = last_no then ngr_base - all_ngr_parts else 0 end
            end as decimal(38, 4)
        ) as credited_ngr
    from receivers

)

select * from credited

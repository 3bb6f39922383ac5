{#- One landing is told twice at most this far apart. -#}
{%- set same_landing_ms = 60000 -%}

with

observed as (

    select * from {{ ref('int_touches__observed') }}

),

ties as (

    select * from {{ ref('int_touches__ties') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rules as (

    select * from {{ ref('channel_rules') }}

),

-- What a store or a link does not say, the campaign's own events may: one channel, or it is not known which.
campaign_channels as (

    select
        brand,
        campaign_id,
        max(named_channel) as channel
    from observed
    where named_channel is not null
    group by
        brand,
        campaign_id
    having min(named_channel) = max(named_channel)

),

direct_channels as (

    select
        channel,
        true as is_direct
    from rules
    group by channel
    having count(case when is_direct then 1 end) = count(*)

),

-- Who is looked up among the ties; null where the touch itself names its player.
loose as (

    select
        *,
        case when player_id is null then anonymous_id end as loose_anonymous_id
    from observed

),

stitched as (

    select
        loose.*,
        coalesce(loose.player_id, ties.player_id) as stitched_player_id,
        {{ visitor_id('coalesce(loose.player_id, ties.player_id)', 'loose.anonymous_id') }} as visitor_id,
        {{ ms_between("timestamp '1970-01-01 00:00:00'", 'loose.event_at') }} as event_ms
    from loose
    left join ties
        on
            loose.brand = ties.brand
            and loose.loose_anonymous_id = ties.anonymous_id
            and loose.event_at > ties.previous_tied_at
            and loose.event_at <= ties.tied_at

),

ruled as (

    select
        stitched.*,
        coalesce(
            rules.channel,
            source_rules.channel,
            medium_rules.channel,
            case when stitched.told_by = 'store' then campaign_channels.channel else stitched.utm_source end
        ) as ruled_channel,
        coalesce(rules.is_direct, source_rules.is_direct, medium_rules.is_direct, direct_channels.is_direct, false)
            as is_direct
    from stitched
    left join rules on stitched.utm_source = rules.utm_source and stitched.utm_medium = rules.utm_medium
    left join rules as source_rules
        on stitched.utm_source = source_rules.utm_source and source_rules.utm_medium = '*'
    left join rules as medium_rules
        on stitched.utm_medium = medium_rules.utm_medium and medium_rules.utm_source = '*'
    left join direct_channels on lower(stitched.named_channel) = direct_channels.channel
    left join campaign_channels
        on stitched.brand = campaign_channels.brand and stitched.campaign_id = campaign_channels.campaign_id

),

-- A campaign's own event and the tagged link of the same landing are one touch: the first stays and takes what only the
-- other knows.
told as (

    select
        *,
        max(case when told_by = 'campaign' then 1 else 0 end) over same_landing as is_told_by_campaign,
        max(affiliate_id) over same_landing as landing_affiliate_id,
        max(case when told_by = 'link' then creative_id end) over same_landing as link_creative_id,
        max(case when told_by = 'link' then ruled_channel end) over same_landing as link_channel
    from ruled
    window same_landing as (
        partition by brand, visitor_id, campaign_id, touch_type
        order by event_ms
        range between {{ same_landing_ms }} preceding and {{ same_landing_ms }} following
    )

),

touches as (

    select

        ---------- ids
        told.event_id as touch_id,
        told.brand,
        told.stitched_player_id as player_id,
        told.anonymous_id,
        told.visitor_id,
        case when not told.is_direct then told.campaign_id end as campaign_id,
        coalesce(told.creative_id, told.link_creative_id) as creative_id,
        coalesce(told.affiliate_id, told.landing_affiliate_id) as affiliate_id,

        ---------- strings
        told.touch_type,
        coalesce(told.named_channel, told.ruled_channel, told.link_channel, 'unknown') as channel,
        told.jurisdiction,

        ---------- booleans
        told.is_direct,

        ---------- times
        told.event_at as touched_at,
        {{ gaming_day('told.event_at', 'jurisdictions') }} as gaming_day

    from told

    left join jurisdictions on told.jurisdiction = jurisdictions.jurisdiction

    where told.told_by <> 'link' or told.is_told_by_campaign = 0

)

select * from touches

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

stitched as (

    select
        observed.*,
        coalesce(observed.player_id, ties.player_id) as stitched_player_id,
        coalesce(observed.player_id, ties.player_id, observed.anonymous_id) as visitor_id,
        {{ ms_between("timestamp '1970-01-01 00:00:00'", 'observed.event_at') }} as event_ms
    from observed
    left join ties
        on
            observed.brand = ties.brand
            and observed.anonymous_id = ties.anonymous_id
            and observed.event_at <= ties.tied_at
            and (observed.event_at > ties.previous_tied_at or ties.previous_tied_at is null)
            and observed.player_id is null

),

matching_rules as (

    select
        stitched.event_id,
        rules.channel,
        rules.is_direct,
        row_number() over (
            partition by stitched.event_id
            order by
                case when rules.utm_source = '*' then 1 else 0 end,
                case when rules.utm_medium = '*' then 1 else 0 end
        ) as rule_no
    from stitched
    inner join rules
        on
            (stitched.utm_source = rules.utm_source or rules.utm_source = '*')
            and (stitched.utm_medium = rules.utm_medium or rules.utm_medium = '*')

),

-- A campaign's own event and the tagged link of the same landing are one touch: the first stays and takes what only the other knows.
told as (

    select
        stitched.*,
        coalesce(
            matching_rules.channel,
            case when stitched.told_by = 'store' then campaign_channels.channel else stitched.utm_source end
        ) as ruled_channel,
        coalesce(matching_rules.is_direct, false) as is_ruled_direct,
        max(case when stitched.told_by = 'campaign' then 1 else 0 end) over same_landing as is_told_by_campaign,
        max(stitched.affiliate_id) over same_landing as landing_affiliate_id,
        max(case when stitched.told_by = 'link' then stitched.creative_id end) over same_landing as link_creative_id,
        max(case when stitched.told_by = 'link' then coalesce(matching_rules.channel, stitched.utm_source) end)
            over same_landing as link_channel
    from stitched
    left join matching_rules on stitched.event_id = matching_rules.event_id and matching_rules.rule_no = 1
    left join campaign_channels
        on stitched.brand = campaign_channels.brand and stitched.campaign_id = campaign_channels.campaign_id
    window same_landing as (
        partition by stitched.brand, stitched.visitor_id, stitched.campaign_id, stitched.touch_type
        order by stitched.event_ms
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
        case when not told.is_ruled_direct then told.campaign_id end as campaign_id,
        coalesce(told.creative_id, told.link_creative_id) as creative_id,
        coalesce(told.affiliate_id, told.landing_affiliate_id) as affiliate_id,

        ---------- strings
        told.touch_type,
        coalesce(told.named_channel, told.ruled_channel, told.link_channel, 'unknown') as channel,
        told.jurisdiction,

        ---------- booleans
        told.is_ruled_direct as is_direct,

        ---------- times
        told.event_at as touched_at,
        {{ gaming_day('told.event_at', 'jurisdictions') }} as gaming_day

    from told

    left join jurisdictions on told.jurisdiction = jurisdictions.jurisdiction

    where told.told_by <> 'link' or told.is_told_by_campaign = 0

)

select * from touches

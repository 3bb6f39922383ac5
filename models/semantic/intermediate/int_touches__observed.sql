with

views as (

    select * from {{ ref('stg_marketing__campaign_views') }}

),

clicks as (

    select * from {{ ref('stg_marketing__campaign_clicks') }}

),

landings as (

    select * from {{ ref('stg_marketing__utm_touches') }}

),

installs as (

    select * from {{ ref('stg_marketing__install_referrers') }}

),

campaign_events as (

    select
        *,
        'view' as touch_type
    from views
    union all
    select
        *,
        'click' as touch_type
    from clicks

),

told_by_campaigns as (

    select
        event_id,
        brand,
        player_id,
        anonymous_id,
        jurisdiction,
        event_at,
        touch_type,
        'campaign' as told_by,
        channel as named_channel,
        campaign_id,
        creative_id,
        cast(null as string) as affiliate_id,
        cast(null as string) as utm_source,
        cast(null as string) as utm_medium
    from campaign_events

),

-- A link that does not say what it is was clicked: nobody lands on a page by looking at an advertisement.
tagged_landings as (

    select
        event_id,
        brand,
        player_id,
        anonymous_id,
        jurisdiction,
        event_at,
        case when touch_type = 'view' then 'view' else 'click' end as touch_type,
        'link' as told_by,
        cast(null as string) as named_channel,
        utm_campaign as campaign_id,
        utm_content as creative_id,
        affiliate_id,
        lower(utm_source) as utm_source,
        lower(utm_medium) as utm_medium
    from landings

),

referred_installs as (

    select
        event_id,
        brand,
        player_id,
        anonymous_id,
        jurisdiction,
        event_at,
        'install' as touch_type,
        'store' as told_by,
        cast(null as string) as named_channel,
        referrer_campaign as campaign_id,
        cast(null as string) as creative_id,
        cast(null as string) as affiliate_id,
        coalesce(lower(referrer_campaign), '(not set)') as utm_source,
        'install' as utm_medium
    from installs

),

told as (

    select * from told_by_campaigns
    union all
    select * from tagged_landings
    union all
    select * from referred_installs

),

-- An id that comes again on another day, past what the landing compares, is the same event: the earliest copy holds.
numbered as (

    select
        *,
        row_number() over (partition by event_id order by event_at, touch_type, brand) as copy_no
    from told

),

observed as (

    select * from numbered where copy_no = 1

)

select * from observed

-- On which creative do people get lost, and where on the road? One row per channel, campaign, creative and step over
-- all days: who came from the step before, who is lost at it, and how that compares with the same step of all
-- creatives of the channel. `lost_more_than_usual` is the number of people who would have gone on had the creative
-- leaked like its channel: begin with the largest. The newest days are inside the conversion window still, so
-- everybody loses there. Steps with fewer than 30 people before them say little.
with

funnel as (

    select * from {{ ref('acquisition_funnel') }} where step_index > 1

),

creatives as (

    select
        channel,
        campaign_id,
        creative_id,
        step,
        step_index,
        sum(players) as players,
        sum(previous_players) as came,
        sum(leaked) as leaked
    from funnel
    group by channel, campaign_id, creative_id, step, step_index

),

usual as (

    select
        *,
        {{ ratio('leaked', 'came') }} as leak_rate,
        {{ ratio(
            'sum(leaked) over (partition by channel, step_index)', 'sum(came) over (partition by channel, step_index)'
        ) }} as leak_rate_of_channel
    from creatives

),

leaks as (

    select

        ---------- grain
        channel,
        campaign_id,
        creative_id,
        step_index,
        step,

        ---------- people
        came,
        leaked,
        players,

        ---------- shares
        leak_rate,
        leak_rate_of_channel,
        came * (leak_rate - leak_rate_of_channel) as lost_more_than_usual

    from usual

    where came > 0

)

select * from leaks
order by lost_more_than_usual desc, channel asc, campaign_id asc, creative_id asc, step_index asc

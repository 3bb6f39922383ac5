{%- set ages = [0, 1, 3, 7, 14, 30, 60, 90, 180, 365] -%}
{%- set cohort = 'cohort_month, channel, country, segment' -%}
{%- set amounts = ['ggr', 'ngr', 'bonus_cost'] -%}

with

players as (

    select
        brand,
        player_id,
        first_day,
        latest_gaming_day,
        cast(date_trunc('month', first_day) as date) as cohort_month,
        acquisition_channel as channel,
        acquisition_country as country,
        acquisition_segment as segment
    from {{ ref('dim_players') }}
    where first_day <= latest_gaming_day

),

player_days as (

    select * from {{ ref('int_players__days') }}

),

cohorts as (

    select
        {{ cohort }},
        count(*) as players,
        {{ days_between('max(first_day)', 'min(latest_gaming_day)') }} as days_of_the_youngest
    from players
    group by {{ cohort }}

),

-- The age of each player's day: the first of the ages that includes it.
aged as (

    select
        {{ cohort }},
        case
            {%- for age in ages %}
                when {{ days_between('players.first_day', 'player_days.gaming_day') }} <= {{ age }} then {{ age }}
            {%- endfor %}
        end as age_days,
        player_days.ggr_base as ggr,
        player_days.ngr_base as ngr,
        player_days.bonus_cost_base as bonus_cost
    from player_days
    inner join players
        on
            player_days.brand = players.brand
            and player_days.player_id = players.player_id
            and player_days.gaming_day >= players.first_day

),

booked as (

    select
        {{ cohort }},
        age_days,
        {%- for amount in amounts %}
            sum({{ amount }}) as {{ amount }},
            count(*) - count({{ amount }}) as unknown_{{ amount }},
        {%- endfor %}
        count(*) as player_days
    from aged
    where age_days is not null
    group by {{ cohort }}, age_days

),

ages as (

    {%- for age in ages %}
        select {{ age }} as age_days
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}

),

-- What was booked up to each age. Of a sum with an unknown part nothing is known, at that age and at every later one.
grown as (

    select
        {{ cohort }},
        age_days,
        cohorts.players,
        {%- for amount in amounts %}
            case
                when sum(coalesce(booked.unknown_{{ amount }}, 0)) over up_to_this_age = 0
                    then sum(coalesce(booked.{{ amount }}, 0)) over up_to_this_age
            end as cum_{{ amount }},
        {%- endfor %}
        cohorts.days_of_the_youngest
    from cohorts
    cross join ages
    left join booked using ({{ cohort }}, age_days)
    window up_to_this_age as (partition by {{ cohort }} order by age_days)

),

lifetime_values as (

    select

        ---------- grain
        cast(cohort_month as date) as cohort_month,
        cast(channel as string) as channel,
        cast(country as string) as country,
        cast(segment as string) as segment,
        cast(age_days as integer) as age_days,

        ---------- size
        cast(players as bigint) as players,

        ---------- everything booked up to this age
        {%- for amount in amounts %}
            cast(cum_{{ amount }} as decimal(38, 4)) as cum_{{ amount }},
        {%- endfor %}

        ---------- per player
        cast({{ ratio('cum_ggr', 'players') }} as double) as ltv_ggr,
        cast({{ ratio('cum_ngr', 'players') }} as double) as ltv_ngr

    from grown

    where age_days < days_of_the_youngest

)

select * from lifetime_values

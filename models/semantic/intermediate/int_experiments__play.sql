{#- From the moment of exposure on, and in the 28 days before it: every total is taken twice. -#}
{%- set moments = {'after': '>= exposed_at', 'before': '< exposed_at'} -%}
{%- set unit = 'brand, player_id, experiment' -%}
with

exposures as (

    select
        brand,
        player_id,
        experiment,
        exposed_at,
        gaming_day as exposed_day,
        {{ add_minutes('exposed_at', -28 * 24 * 60) }} as compared_from
    from {{ ref('fct_exposures') }}
    where not is_contaminated

),

bets as (

    select
        brand,
        player_id,
        status,
        is_counted,
        handle_base,
        ggr_base,
        placed_at,
        gaming_day
    from {{ ref('fct_bets') }}

),

placed as (

    select
        {{ unit }},
        exposures.exposed_at,
        exposures.exposed_day,
        bets.status,
        bets.is_counted,
        bets.handle_base,
        bets.ggr_base,
        bets.placed_at,
        bets.gaming_day
    from exposures
    inner join bets using (brand, player_id)
    where bets.placed_at >= exposures.compared_from

),

play as (

    select
        {{ unit }},
        {%- for moment, bound in moments.items() %}
            {%- set counts = 'is_counted and placed_at ' ~ bound %}
            count(case when {{ counts }} then 1 end) as bets_{{ moment }},
            count(distinct case when {{ counts }} then gaming_day end) as bet_days_{{ moment }},
            {{ sum_known('case when ' ~ counts ~ ' then handle_base else 0 end') }} as handle_{{ moment }},
            {{ sum_known('case when ' ~ counts ~ ' then ggr_base else 0 end') }} as ggr_{{ moment }},
            count(case when placed_at {{ bound }} then 1 end) as tried_bets_{{ moment }},
            count(case when status = 'rejected' and placed_at {{ bound }} then 1 end) as rejected_bets_{{ moment }},
        {%- endfor %}
        sum(
            case
                when is_counted and placed_at < exposed_at and gaming_day = exposed_day then ggr_base
                else 0
            end
        ) as early_ggr
    from placed
    group by {{ unit }}

)

select * from play

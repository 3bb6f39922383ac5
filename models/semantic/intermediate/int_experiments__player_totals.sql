{{ config(materialized='table') }}
{#- From the moment of exposure on, and in the 28 days before it: every total is taken twice. -#}
{%- set moments = {'after': '>= exposures.exposed_at', 'before': '< exposures.exposed_at'} -%}
{%- set unit = 'brand, player_id, experiment' -%}
{%- set played = ['bets', 'bet_days', 'handle', 'ggr', 'tried_bets', 'rejected_bets'] -%}
{%- set day = 'player_days.gaming_day' -%}
with

exposures as (

    select
        *,
        {{ add_minutes('exposed_at', -28 * 24 * 60) }} as compared_from
    from {{ ref('fct_exposures') }}
    where not is_contaminated

),

play as (

    select * from {{ ref('int_experiments__play') }}

),

deposits as (

    select
        *,
        coalesce(succeeded_at, declined_at) as decided_at
    from {{ ref('fct_deposits') }}
    where not is_conflict

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

rg_events as (

    select
        *,
        event in ('self_exclusion', 'cool_off') as is_exclusion
    from {{ ref('fct_rg_events') }}
    where event in ('self_exclusion', 'cool_off', 'rg_interaction', 'rg_blocked_bet')

),

bonus_costs as (

    select
        *,
        case when kind = 'issued' then amount_base else -amount_base end as cost_base
    from {{ ref('int_bonuses__costs') }}
    where kind != 'converted'

),

player_days as (

    select * from {{ ref('fct_player_days') }}

),

players as (

    select * from {{ ref('dim_players') }}

),

paid as (

    select
        {{ unit }},
        {%- for moment, bound in moments.items() %}
            {%- set deposited = 'deposits.succeeded_at ' ~ bound %}
            {%- set declined = 'deposits.succeeded_at is null and deposits.declined_at ' ~ bound %}
            count(case when {{ deposited }} then 1 end) as deposits_{{ moment }},
            count(case when {{ declined }} then 1 end) as declines_{{ moment }},
            {{ sum_known('case when ' ~ deposited ~ ' then deposits.amount_base else 0 end') }}
                as deposit_amount_{{ moment }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from exposures
    inner join deposits using (brand, player_id)
    where deposits.decided_at >= exposures.compared_from
    group by {{ unit }}

),

-- A session under way at the exposure is one of those after it: what is done in the rest of it counts there too.
attended as (

    select
        {{ unit }},
        {%- for moment, bound in moments.items() %}
            count(case when sessions.ended_at {{ bound }} then 1 end) as sessions_{{ moment }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from exposures
    inner join sessions using (brand, player_id)
    where sessions.ended_at >= exposures.compared_from
    group by {{ unit }}

),

protected as (

    select
        {{ unit }},
        {%- for moment, bound in moments.items() %}
            {%- set happened = 'rg_events.happened_at ' ~ bound %}
            count(case when rg_events.is_exclusion and {{ happened }} then 1 end) as exclusions_{{ moment }},
            count(case when not rg_events.is_exclusion and {{ happened }} then 1 end) as rg_signals_{{ moment }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from exposures
    inner join rg_events using (brand, player_id)
    where rg_events.happened_at >= exposures.compared_from
    group by {{ unit }}

),

-- What bonuses cost on the day of the exposure, but before it.
granted as (

    select
        {{ unit }},
        sum(bonus_costs.cost_base) as early_bonus_cost
    from exposures
    inner join bonus_costs using (brand, player_id)
    where bonus_costs.gaming_day = exposures.gaming_day and bonus_costs.happened_at < exposures.exposed_at
    group by {{ unit }}

),

-- Known by day only: which days a player came back on, and what was left net. The day of the exposure is split below.
returned as (

    select
        {{ unit }},
        {%- for days in [1, 7] %}
            {%- set that_day = add_days('exposures.gaming_day', days) %}
            count(case when player_days.player_events > 0 and {{ day }} = {{ that_day }} then 1 end)
                as came_back_d{{ days }},
        {%- endfor %}
        count(case when player_days.player_events > 0 and {{ day }} < exposures.gaming_day then 1 end)
            as active_days_before,
        {{ sum_known('case when ' ~ day ~ ' >= exposures.gaming_day then player_days.ngr_base else 0 end') }}
            as day_ngr_after,
        {{ sum_known('case when ' ~ day ~ ' < exposures.gaming_day then player_days.ngr_base else 0 end') }}
            as day_ngr_before
    from exposures
    inner join player_days using (brand, player_id)
    where {{ day }} >= {{ add_days('exposures.gaming_day', -28) }}
    group by {{ unit }}

),

totals as (

    select

        ---------- grain
        {{ unit }},
        exposures.variant,

        ---------- days
        {%- for days in [1, 7] %}
            case
                when {{ add_days('exposures.gaming_day', days) }} < players.latest_gaming_day
                    then coalesce(returned.came_back_d{{ days }}, 0)
            end as came_back_d{{ days }},
        {%- endfor %}
        coalesce(returned.active_days_before, 0) as active_days_before,

        ---------- after the exposure and before it: nothing is 0, what is not known stays null
        {%- for moment in moments %}
            {%- for relation, totals in {
                'play': played,
                'paid': ['deposits', 'declines', 'deposit_amount'],
                'attended': ['sessions'],
                'protected': ['exclusions', 'rg_signals']
            }.items() %}
                {%- for total in totals %}
                    case when {{ relation }}.experiment is null then 0 else {{ relation }}.{{ total }}_{{ moment }} end
                        as {{ total }}_{{ moment }},
                {%- endfor %}
            {%- endfor %}
        {%- endfor %}

        ---------- net of whole days; what was won and given on the day of the exposure before it changes sides
        case when returned.experiment is null then 0 else returned.day_ngr_after end
        - coalesce(play.early_ggr, 0) + coalesce(granted.early_bonus_cost, 0) as ngr_after,
        case when returned.experiment is null then 0 else returned.day_ngr_before end
        + coalesce(play.early_ggr, 0) - coalesce(granted.early_bonus_cost, 0) as ngr_before

    from exposures
    left join play using ({{ unit }})
    left join paid using ({{ unit }})
    left join attended using ({{ unit }})
    left join protected using ({{ unit }})
    left join granted using ({{ unit }})
    left join returned using ({{ unit }})
    left join players using (brand, player_id)

)

select * from totals

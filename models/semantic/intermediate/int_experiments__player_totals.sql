{{ config(materialized='table') }}
{#- From the moment of exposure on, and in the 28 days before it: every total is taken twice. -#}
{%- set moments = {
    'after': '>= exposures.exposed_at',
    'before': '< exposures.exposed_at'
} -%}
{%- set unit = 'brand, player_id, experiment' -%}
{%- set day = 'player_days.gaming_day' -%}
with

exposures as (

    select
        *,
        {{ add_minutes('exposed_at', -28 * 24 * 60) }} as compared_from
    from {{ ref('fct_exposures') }}
    where not is_contaminated

),

bets as (

    select
        *,
        status = 'rejected' as is_rejected
    from {{ ref('fct_bets') }}

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

    select * from {{ ref('int_bonuses__costs') }} where kind != 'converted'

),

player_days as (

    select * from {{ ref('fct_player_days') }}

),

played as (

    select
        {{ unit }},
        {%- for moment, bound in moments.items() %}
            count(case when is_counted and placed_at {{ bound }} then 1 end) as bets_{{ moment }},
            count(distinct case when is_counted and placed_at {{ bound }} then bets.gaming_day end)
                as bet_days_{{ moment }},
            {{ sum_known('case when is_counted and placed_at ' ~ bound ~ ' then handle_base else 0 end') }}
                as handle_{{ moment }},
            {{ sum_known('case when is_counted and placed_at ' ~ bound ~ ' then ggr_base else 0 end') }}
                as ggr_{{ moment }},
            count(case when placed_at {{ bound }} then 1 end) as tried_bets_{{ moment }},
            count(case when is_rejected and placed_at {{ bound }} then 1 end) as rejected_bets_{{ moment }},
        {%- endfor %}
        sum(
            case
                when is_counted and placed_at < exposed_at and bets.gaming_day = exposures.gaming_day then ggr_base
                else 0
            end
        ) as early_ggr
    from exposures
    inner join bets using (brand, player_id)
    where placed_at >= compared_from
    group by {{ unit }}

),

paid as (

    select
        {{ unit }},
        {%- for moment, bound in moments.items() %}
            count(case when succeeded_at {{ bound }} then 1 end) as deposits_{{ moment }},
            count(case when succeeded_at is null and declined_at {{ bound }} then 1 end) as declines_{{ moment }},
            {{ sum_known('case when succeeded_at ' ~ bound ~ ' then amount_base else 0 end') }}
                as deposit_amount_{{ moment }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from exposures
    inner join deposits using (brand, player_id)
    where decided_at >= compared_from
    group by {{ unit }}

),

attended as (

    select
        {{ unit }},
        {%- for moment, bound in moments.items() %}
            count(case when started_at {{ bound }} then 1 end) as sessions_{{ moment }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from exposures
    inner join sessions using (brand, player_id)
    where started_at >= compared_from
    group by {{ unit }}

),

protected as (

    select
        {{ unit }},
        {%- for moment, bound in moments.items() %}
            count(case when is_exclusion and happened_at {{ bound }} then 1 end) as exclusions_{{ moment }},
            count(case when not is_exclusion and happened_at {{ bound }} then 1 end) as rg_signals_{{ moment }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from exposures
    inner join rg_events using (brand, player_id)
    where happened_at >= compared_from
    group by {{ unit }}

),

-- What bonuses cost on the day of the exposure, but before it.
granted as (

    select
        {{ unit }},
        sum(case when kind = 'issued' then amount_base else -amount_base end) as early_bonus_cost
    from exposures
    inner join bonus_costs using (brand, player_id)
    where bonus_costs.gaming_day = exposures.gaming_day and happened_at < exposed_at
    group by {{ unit }}

),

-- Known by day only: which days a player came back on, and what was left net. The day of the exposure is split further down.
returned as (

    select
        {{ unit }},
        {%- for days in [1, 7] %}
            max(
                case when player_events > 0 and {{ day }} = {{ add_days('exposures.gaming_day', days) }} then 1 else 0 end
            ) as came_back_d{{ days }},
        {%- endfor %}
        count(case when player_events > 0 and {{ day }} < exposures.gaming_day then 1 end) as active_days_before,
        {{ sum_known('case when ' ~ day ~ ' >= exposures.gaming_day then ngr_base else 0 end') }} as day_ngr_after,
        {{ sum_known('case when ' ~ day ~ ' < exposures.gaming_day then ngr_base else 0 end') }} as day_ngr_before
    from exposures
    inner join player_days using (brand, player_id)
    where {{ day }} >= {{ add_days('exposures.gaming_day', -28) }}
    group by {{ unit }}

),

totals as (

    select

        ---------- grain
        exposures.brand,
        exposures.player_id,
        exposures.experiment,

        ---------- strings
        exposures.variant,

        ---------- days
        exposures.gaming_day,
        {%- for days in [1, 7] %}
            case
                when {{ add_days('exposures.gaming_day', days) }} < {{ last_day() }} then coalesce(returned.came_back_d{{ days }}, 0)
            end as came_back_d{{ days }},
        {%- endfor %}
        coalesce(returned.active_days_before, 0) as active_days_before,

        ---------- after the exposure and before it
        {%- for moment in moments %}
            {%- for total in ['bets', 'bet_days', 'tried_bets', 'rejected_bets'] %}
                coalesce(played.{{ total }}_{{ moment }}, 0) as {{ total }}_{{ moment }},
            {%- endfor %}
            {%- for total in ['handle', 'ggr'] %}
                case when played.brand is null then 0 else played.{{ total }}_{{ moment }} end as {{ total }}_{{ moment }},
            {%- endfor %}
            coalesce(paid.deposits_{{ moment }}, 0) as deposits_{{ moment }},
            coalesce(paid.declines_{{ moment }}, 0) as declines_{{ moment }},
            case when paid.brand is null then 0 else paid.deposit_amount_{{ moment }} end as deposit_amount_{{ moment }},
            coalesce(attended.sessions_{{ moment }}, 0) as sessions_{{ moment }},
            coalesce(protected.exclusions_{{ moment }}, 0) as exclusions_{{ moment }},
            coalesce(protected.rg_signals_{{ moment }}, 0) as rg_signals_{{ moment }},
        {%- endfor %}

        ---------- net: whole days, and of the day of the exposure what was won and given before it moved to the other side
        case when returned.brand is null then 0 else returned.day_ngr_after end
        - (coalesce(played.early_ggr, 0) - coalesce(granted.early_bonus_cost, 0)) as ngr_after,
        case when returned.brand is null then 0 else returned.day_ngr_before end
        + (coalesce(played.early_ggr, 0) - coalesce(granted.early_bonus_cost, 0)) as ngr_before

    from exposures
    left join played using ({{ unit }})
    left join paid using ({{ unit }})
    left join attended using ({{ unit }})
    left join protected using ({{ unit }})
    left join granted using ({{ unit }})
    left join returned using ({{ unit }})

)

select * from totals

{#-
    Every metric once: (name, what is counted, per what, the same before the exposure, per what). A metric per player is counted per 1; the
    last flag says that it guards and is not hoped to move.
-#}
{%- set metrics = [
    ('retention_d1', 'came_back_d1', '1', 'active_days_before', '1', false),
    ('retention_d7', 'came_back_d7', '1', 'active_days_before', '1', false),
    ('sessions_per_player', 'sessions_after', '1', 'sessions_before', '1', false),
    ('bets_per_player', 'bets_after', '1', 'bets_before', '1', false),
    ('bet_frequency', 'bets_after', 'bet_days_after', 'bets_before', 'bet_days_before', false),
    ('deposits_per_player', 'deposits_after', '1', 'deposits_before', '1', false),
    ('deposit_amount_per_player', 'deposit_amount_after', '1', 'deposit_amount_before', '1', false),
    ('deposits_per_session', 'deposits_after', 'sessions_after', 'deposits_before', 'sessions_before', false),
    ('deposit_rate', 'least(deposits_after, 1)', '1', 'least(deposits_before, 1)', '1', false),
    ('handle_per_player', 'handle_after', '1', 'handle_before', '1', false),
    ('ggr_per_player', 'ggr_after', '1', 'ggr_before', '1', false),
    ('ngr_per_player', 'ngr_after', '1', 'ngr_before', '1', false),
    ('bet_reject_rate', 'rejected_bets_after', 'tried_bets_after', 'rejected_bets_before', 'tried_bets_before', true),
    ('deposit_decline_rate', 'declines_after', 'declines_after + deposits_after', 'declines_before',
        'declines_before + deposits_before', true),
    ('self_exclusion_rate', 'least(exclusions_after, 1)', '1', 'least(exclusions_before, 1)', '1', true),
    ('rg_signal_rate', 'least(rg_signals_after, 1)', '1', 'least(rg_signals_before, 1)', '1', true),
] -%}
with

totals as (

    select * from {{ ref('int_experiments__player_totals') }}

),

-- A value that is not known (too early to say, or money without a rate) leaves the player out of that metric.
metrics as (

    {%- for metric, counted, per, counted_before, per_before, is_guardrail in metrics %}
        select
            brand,
            player_id,
            experiment,
            variant,
            '{{ metric }}' as metric,
            {{ is_guardrail | lower }} as is_guardrail,
            cast({{ counted }} as decimal(38, 4)) as counted,
            case when {{ counted }} is not null then cast({{ per }} as decimal(38, 4)) end as per,
            case when {{ counted }} is not null then coalesce(cast({{ counted_before }} as decimal(38, 4)), 0) end
                as counted_before,
            case when {{ counted }} is not null then cast({{ per_before }} as decimal(38, 4)) end as per_before
        from totals
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select * from metrics

{#
    The funnel without an order: the level is the most steps that find an event each between a moment and the end of its window, and
    step_k_at is when k of them are done, counted from the latest moment that reaches the level. Two passes: forward over the window of each
    moment, then onward from the one that was chosen.
#}
{% macro funnel_any_order(events, keys, ts, conditions, numbers, sets, window_us, period) %}
{%- set n = numbers | length -%}
{%- set by_key = keys | join(', ') -%}
{%- if period %}{{ exceptions.raise_compiler_error("funnel: a trend needs an order of the steps") }}{% endif -%}
with

{{ funnel_moments(events, by_key, ts, conditions, sets, {}, false) }},

funnel_windows as (

    select
        *
        {%- for set in sets %},
        sum({{ set_column(set) }}) over in_window as f_w_{{ set | join('_') }}
        {%- endfor %}
    from funnel_moments
    window in_window as (
        partition by {{ by_key }} order by f_us
        range between current row and {{ 'unbounded' if window_us is none else window_us }} following
    )

),

funnel_attempts as (

    select
        *,
        {{ steps_served(numbers, sets, 'f_w_') }} as f_level
    from funnel_windows

),

funnel_levels as (

    select
        *,
        max(f_level) over (partition by {{ by_key }}) as f_best
    from funnel_attempts

),

funnel_starts as (

    select
        *,
        max(case when f_level = f_best then f_us end) over (partition by {{ by_key }}) as f_start
    from funnel_levels

),

funnel_onward as (

    select
        {{ by_key }},
        f_us,
        f_best,
        f_start
        {%- for set in sets %},
        sum({{ set_column(set) }}) over since as f_s_{{ set | join('_') }}
        {%- endfor %}
    from funnel_starts
    where f_us >= f_start
    window since as (partition by {{ by_key }} order by f_us rows between unbounded preceding and current row)

),

funnel_done as (

    select
        *,
        {{ steps_served(numbers, sets, 'f_s_') }} as f_done
    from funnel_onward

)

select
    {{ by_key }},
    cast(max(f_best) as integer) as level
    {%- for k in range(1, n + 1) %},
    {{ from_micros('min(case when f_done >= ' ~ k ~ ' and f_best >= ' ~ k ~ ' then f_us end)') }} as step_{{ k }}_at
    {%- endfor %}
from funnel_done
group by {{ by_key }}
{% endmacro %}

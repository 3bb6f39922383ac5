{#
    How far each unit came along the steps: a SELECT of one row per unit (and breakdown, and period) that entered, with the unit columns,
    `level` (1..n) and `step_1_at` .. `step_n_at` (UTC, null beyond the level).

        {{ funnel('events', ["event = 'click'", "event = 'deposit' and amount > 10"], window_s=86400, unit=['brand', 'player_id']) }}

    events     relation or CTE: one row per event. Every row counts as an event of its own.
    steps      SQL conditions on its columns, in order. They may repeat and overlap; one event serves one step.
    window_s   seconds from the first step, the end included; none for no limit.
    unit, breakdown  column names or lists of them. A breakdown holds a column constant over the whole chain.
    mode       ordered (others may lie between), strict (no other event of the unit between), any_order.
    exclusions list of {'condition': SQL, 'after': a, 'before': b}: no such event strictly between two steps of the chain that follow each
               other, from step a (1) to step b (the last). It discards the chain, so that another may do, or with exclusion_scope='actor'
               the unit; there a step that has not come yet is waited for to the end of the window.
    period     day, week, week_sunday or month: each unit once per period of its first step, in a column `period` (a trend).

    Definition: the level is the longest prefix of the steps that any chain of events reaches. Events with one timestamp may follow each
    other in either order, and an exclusion at the timestamp of a step lies on the side that does no harm. Times come from the chain with
    the latest start that reaches the level, each step as early as it can be.

    How: backwards in time, one window pass a step. Each moment learns how early the steps after it can be done, so that a first step knows
    its whole chain. Cost follows events x steps; nothing joins. Steps that exclude each other as `column = 'literal'` need no count of the
    events of a moment, which makes them the quicker ones.
#}
{% macro funnel(events, steps, window_s, unit='actor', ts='ts', mode='ordered', exclusions=[], exclusion_scope='chain', breakdown=[], period=none) -%}
    {%- if mode not in ['ordered', 'strict', 'any_order'] or exclusion_scope not in ['chain', 'actor'] or not steps -%}
        {{ exceptions.raise_compiler_error("funnel: mode is ordered, strict or any_order, exclusion_scope chain or actor, and there is a step") }}
    {%- endif -%}
    {%- if exclusions and mode == 'any_order' -%}
        {{ exceptions.raise_compiler_error("funnel: without an order nothing lies between two steps") }}
    {%- endif -%}
    {#- Strict chains let nothing lie between two steps, so there is nothing to discard. -#}
    {%- set excluded = [] if mode == 'strict' and exclusion_scope == 'chain' else exclusions -%}
    {%- set keys = ([unit] if unit is string else unit | list) + ([breakdown] if breakdown is string else breakdown | list) -%}
    {%- set conditions = steps | map('trim') | unique(case_sensitive=true) | list -%}
    {%- set numbers = [] -%}
    {%- for step in steps %}{% do numbers.append(conditions.index(step | trim)) %}{% endfor -%}
    {%- set sets = condition_sets(conditions) -%}
    {%- set window_us = none if window_s is none else (window_s * 1000000) | int -%}
    {%- if mode == 'any_order' -%}
        {{ funnel_any_order(events, keys, ts, conditions, numbers, sets, window_us, period) }}
    {%- else -%}
        {{ funnel_in_order(events, keys, ts, conditions, numbers, sets, window_us, mode == 'strict', excluded, exclusion_scope, period) }}
    {%- endif -%}
{%- endmacro %}

{#
    In `f_` columns: us the moment, v_p_m_c the earliest time of step c where step p is done at this moment and step m is reached, w_p_m_c
    the same over the moments after this one. Where chains cannot get in each other's way, reaching c alone decides, and m is left away.
#}
{% macro funnel_in_order(events, keys, ts, conditions, numbers, sets, window_us, is_strict, exclusions, scope, period) %}
{%- set n = numbers | length -%}
{%- set by_key = keys | join(', ') -%}
{%- set watched = {} -%}
{%- for step in range(2, n + 1) -%}
    {%- set found = [] -%}
    {%- for exclusion in exclusions if exclusion.get('after', 1) < step and step <= exclusion.get('before', n) %}{% do found.append(exclusion['condition']) %}{% endfor -%}
    {%- if found %}{% do watched.update({step: '(' ~ found | join(') or (') ~ ')'}) %}{% endif -%}
{%- endfor -%}
{%- set is_chain = watched and scope == 'chain' -%}
{%- set is_plain = not is_strict and not is_chain -%}
{%- set is_rows = is_plain and not watched and sets | length == n and conditions | length == n -%}
{%- set alarms = [] -%}
{%- if scope == 'actor' %}{% do alarms.extend(watched) %}{% endif -%}
with

{% if is_rows -%}
-- Steps that exclude each other: the row is the moment, and the order of the steps breaks its ties.
funnel_0 as (

    select {{ by_key }}, f_us, f_step
    from (
        select
            {{ by_key }},
            {{ micros('cast(' ~ ts ~ ' as timestamp)') }} as f_us,
            case{% for condition in conditions %} when {{ condition }} then {{ loop.index }}{% endfor %} end as f_step
        from {{ events }}
    ) as funnel_matched
    where f_step is not null and f_us is not null

)
{%- else -%}
{{ funnel_moments(events, by_key, ts, conditions, sets, watched, is_strict) }},

funnel_0 as (

    select
        *
        {%- for step in watched -%}
            {% if is_chain %},
        count(case when f_x_{{ step }} > 0 then 1 end) over later_or_now as f_later_{{ step }}
            {%- else %},
        min(case when f_x_{{ step }} > 0 then f_us end) over later as f_y_{{ step }}
            {%- endif %}
        {%- endfor %}
    from funnel_moments
    {%- if is_chain %}
    window later_or_now as (partition by {{ by_key }} order by f_us desc rows between unbounded preceding and current row)
    {%- elif watched %}
    window later as (partition by {{ by_key }} order by f_us desc rows between unbounded preceding and 1 preceding)
    {%- endif %}

)
{%- endif %}

{%- for p in range(n, 0, -1) %},

funnel_{{ n - p + 1 }} as (

    select
        *
        {%- for m in range(p, n + 1) %}
            {%- for c in ([m] if is_plain else range(p, m + 1)) %},
        {{ funnel_reached(p, m, c, numbers, sets, is_plain, is_strict, is_rows, watched if is_chain else {}) }} as f_v_{{ p }}_{{ m }}_{{ c }}
            {%- endfor %}
            {%- for x in alarms if p < x and x <= m + 1 and (not is_plain or x == m + 1) %},
        {{ funnel_reached(p, m, x - 1, numbers, sets, is_plain, is_strict, is_rows, {}, 'f_y_' ~ x, 'a') }} as f_va_{{ p }}_{{ m }}_{{ x - 1 }}
            {%- endfor %}
        {%- endfor %}
    {%- if p == n %}
    from funnel_0
    {%- else %}
    from (
        select
            *
            {%- for m in range(p + 1, n + 1) %}
                {%- for c in ([m] if is_plain else range(p + 1, m + 1)) %},
            {{ funnel_later('f_v_%s_%s_%s' % (p + 1, m, c), p + 1, is_strict, is_chain and p + 1 in watched, is_plain) }} as f_w_{{ p + 1 }}_{{ m }}_{{ c }}
                {%- endfor %}
                {%- for x in alarms if p + 1 < x and x <= m + 1 and (not is_plain or x == m + 1) %},
            {{ funnel_later('f_va_%s_%s_%s' % (p + 1, m, x - 1), p + 1, is_strict, false, is_plain) }} as f_wa_{{ p + 1 }}_{{ m }}_{{ x - 1 }}
                {%- endfor %}
            {%- endfor %}
        from funnel_{{ n - p }}
        {%- if is_strict %}
        window later as (partition by {{ by_key }} order by f_us)
        {%- elif is_rows %}
        window later as (partition by {{ by_key }} order by f_us desc, f_step desc rows between unbounded preceding and current row)
        {%- else %}
        window later as (partition by {{ by_key }} order by f_us desc rows between unbounded preceding and 1 preceding)
        {%- endif %}
    ) as funnel_waiting
    {%- if is_rows %}
    where f_step <= {{ p }}
    {%- endif %}
    {%- endif %}

)
{%- endfor %},

-- One row per first step, with the chain that it begins.
funnel_attempts as (

    select
        *,
        case
            when f_us is null then 0
            {%- for m in range(n, 1, -1) %}
            when f_v_1_{{ m }}_{{ m }}{% if window_us is not none %} - f_us <= {{ window_us }}{% else %} is not null{% endif %} then {{ m }}
            {%- endfor %}
            else 1
        end as f_level
        {%- if period %},
        {{ period_start(from_micros('f_us'), period) }} as f_period
        {%- endif %}
    from funnel_{{ n }}
    where f_v_1_1_1 is not null

),

{%- if alarms %}

funnel_judged as (

    select
        *,
        case
            {%- for m in range(1, n + 1) %}
            when f_level = {{ m }} then (
                false
                {%- for x in alarms if x <= m + 1 %}
                {%- set alarm = 'f_va_1_%s_%s' % (x - 1 if is_plain else m, x - 1) -%}
                {%- if x <= m %}
                or coalesce({{ alarm }} < f_v_1_{{ x if is_plain else m }}_{{ x }}, false)
                {%- else %}
                or {% if window_us is none %}{{ alarm }} is not null{% else %}coalesce({{ alarm }} - f_us <= {{ window_us }}, false){% endif %}
                {%- endif %}
                {%- endfor %}
            )
            {%- endfor %}
        end as f_is_discarded
    from funnel_attempts

),
{%- endif %}

-- Later starts never reach a step earlier, so the greatest times of a level are those of its latest start.
funnel_units as (

    select
        {{ by_key }},
        {%- if period %}
        f_period,
        {%- endif %}
        max(f_level) as f_level
        {%- for m in range(1, n + 1) %}
            {%- for c in range(1, m + 1) %},
        max(case when f_level = {{ m }} then {{ 'f_us' if c == 1 else 'f_v_1_%s_%s' % (c if is_plain else m, c) }} end) as f_t_{{ m }}_{{ c }}
            {%- endfor %}
            {%- if alarms %},
        max(case when f_level = {{ m }} then 2 * f_us + case when f_is_discarded then 1 else 0 end end)
            - 2 * max(case when f_level = {{ m }} then f_us end) as f_discarded_{{ m }}
            {%- endif %}
        {%- endfor %}
    from {{ 'funnel_judged' if alarms else 'funnel_attempts' }}
    group by {{ by_key }}{% if period %}, f_period{% endif %}

)

select
    {{ by_key }},
    {%- if period %}
    f_period as period,
    {%- endif %}
    f_level as level
    {%- for c in range(1, n + 1) %},
    {{ from_micros('case' ~ funnel_times(c, n) ~ ' end') }} as step_{{ c }}_at
    {%- endfor %}
from funnel_units
{%- if alarms %}
where (case{% for m in range(1, n + 1) %} when f_level = {{ m }} then f_discarded_{{ m }}{% endfor %} end) = 0
{%- endif %}
{% endmacro %}

{% macro funnel_times(c, n) -%}
    {%- for m in range(c, n + 1) %} when f_level = {{ m }} then f_t_{{ m }}_{{ c }}{% endfor -%}
{%- endmacro %}

{# One row per unit and moment, with how many events meet each set of conditions, and exclusions before each step. #}
{% macro funnel_moments(events, by_key, ts, conditions, sets, watched, with_others) -%}
funnel_matched as (

    select
        {{ by_key }},
        {{ micros('cast(' ~ ts ~ ' as timestamp)') }} as f_us
        {%- for condition in conditions %},
        case when {{ condition }} then 1 else 0 end as f_c_{{ loop.index0 }}
        {%- endfor %}
        {%- for step, condition in watched.items() %},
        case when {{ condition }} then 1 else 0 end as f_e_{{ step }}
        {%- endfor %}
    from {{ events }}

),

funnel_moments as (

    select
        {{ by_key }},
        f_us,
        count(*) as f_n
        {%- for set in sets %},
        cast(sum({% if set | length == 1 %}f_c_{{ set[0] }}{% else %}greatest(f_c_{{ set | join(', f_c_') }}){% endif %}) as bigint) as {{ set_column(set) }}
        {%- endfor %}
        {%- for step in watched %},
        cast(sum(f_e_{{ step }}) as bigint) as f_x_{{ step }}
        {%- endfor %}
    from funnel_matched
    where f_us is not null
    {%- if not with_others %} and (
        f_c_{{ range(conditions | length) | join(' = 1 or f_c_') }} = 1
        {%- for step in watched %} or f_e_{{ step }} = 1{% endfor %}
    )
    {%- endif %}
    group by {{ by_key }}, f_us

)
{%- endmacro %}

{#
    Earliest time of step c where step p is done now and step m is reached: as many steps as can be are done now, the rest later. `now` is
    what is carried: the moment, or what an alarm needs to know of it.
#}
{% macro funnel_reached(p, m, c, numbers, sets, is_plain, is_strict, is_rows, watched, now='f_us', kind='') -%}
    {%- if is_rows -%}
        case when f_step = {{ p }} then {{ now if c == p else 'f_w%s_%s_%s_%s' % (kind, p + 1, m, c) }} end
    {%- else -%}
        case when {{ serves(p, m, numbers, sets) }} then {{ now }}
        {%- for j in range(m - 1, p - 1, -1) %}
            {%- set later = 'f_w_%s_%s_' % (j + 1, m) %}
            when {{ serves(p, j, numbers, sets) }}
            {%- if is_strict and p > 1 %} and f_n = {{ j - p + 1 }}{% endif %}
            {%- if not is_plain %} and {{ funnel_alive(later ~ m, j + 1, watched) }}{% endif %} then
            {%- if c <= j %} {{ now }}{% elif kind %} f_wa_{{ j + 1 }}_{{ m }}_{{ c }}{% else %} {{ funnel_unpacked(later ~ c, j + 1, watched) }}{% endif %}
        {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}

{#
    The smallest value at later moments, which is the nearest one that is known where chains cannot get in each other's way: who comes later
    finishes later. In strict mode that of the very next moment. Where an exclusion lies between, only moments before the
    next exclusion count: the number of exclusions still to come stands before the value, so that nearer moments are smaller.
#}
{% macro funnel_later(value, step, is_strict, is_watched, is_plain) -%}
    {%- if is_strict -%}
        lead({{ value }}) over later
    {%- elif is_watched -%}
        min(cast({{ value }} as decimal(38, 0)) - f_later_{{ step }} * cast(1000000000000000000 as decimal(38, 0))) over later
    {%- elif is_plain -%}
        {{ last_known(value) }} over later
    {%- else -%}
        min({{ value }}) over later
    {%- endif -%}
{%- endmacro %}

{% macro funnel_unpacked(value, step, watched) -%}
    {%- if step in watched -%}
        cast({{ value }} + (f_later_{{ step }} - case when f_x_{{ step }} > 0 then 1 else 0 end) * cast(1000000000000000000 as decimal(38, 0)) as bigint)
    {%- else -%}
        {{ value }}
    {%- endif -%}
{%- endmacro %}

{% macro funnel_alive(value, step, watched) -%}
    {%- if step in watched -%}
        {{ value }} + (f_later_{{ step }} - case when f_x_{{ step }} > 0 then 1 else 0 end) * cast(1000000000000000000 as decimal(38, 0))
            < cast(500000000000000000 as decimal(38, 0))
    {%- else -%}
        {{ value }} is not null
    {%- endif -%}
{%- endmacro %}

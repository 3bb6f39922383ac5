{%- set found = {
    'key_conflicts': 'business_key_conflict',
    'strangers': 'unknown_jurisdiction',
    'backward_checks': 'negative_latency',
} -%}
{%- set counted = {
    'too_fine_events': 'too_fine_for_currency',
    'bad_rate_events': 'bad_fx_rate',
} -%}

with

violations as (

    select * from {{ ref('stg_landing__violations') }}

),

parts as (

    select * from {{ ref('stg_landing__parts') }}

),

conflicts as (

    select * from {{ ref('stg_landing__left_out') }}

),

key_conflicts as (

    select
        event,
        event_day,
        1 as events
    from {{ ref('int_payments__key_conflicts') }}

),

daily as (

    select * from {{ ref('int_landing__daily') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

findings as (

    select * from {{ ref('int_money__findings') }}

),

priced as (

    select * from {{ ref('int_landing__priced_events') }}

),

backward_checks as (

    select
        'kyc_verified' as event,
        cast(verified_at as date) as event_day,
        1 as events
    from {{ ref('fct_kyc_checks') }}
    where verified_at < started_at

),

strangers as (

    select
        daily.event,
        daily.event_day,
        daily.events
    from daily
    left join jurisdictions on daily.jurisdiction = jurisdictions.jurisdiction
    where jurisdictions.jurisdiction is null

),

-- What the gate said of a line, and what only shows once all lines lie together.
said as (

    select
        day,
        event,
        reason,
        is_quarantined,
        events
    from violations

    union all

    select
        event_day as day,
        event,
        reason,
        false as is_quarantined,
        events
    from findings

    {% for column, reason in counted.items() %}
        union all

        select
            event_day as day,
            event,
            '{{ reason }}' as reason,
            false as is_quarantined,
            {{ column }} as events
        from priced
        where {{ column }} > 0
    {% endfor %}

    {% for relation, reason in found.items() %}
        union all

        select
            event_day as day,
            event,
            '{{ reason }}' as reason,
            false as is_quarantined,
            events
        from {{ relation }}
    {% endfor %}

),

all_lines as (

    select
        event_day as day,
        event,
        {{ adapter.quote('rows') }} as lines
    from parts

    union all

    -- A landed copy that does not count is no line: which copies of an id have landed depends on which came first.
    select
        event_day as day,
        event,
        -1 as lines
    from conflicts

    union all

    select
        day,
        event,
        events as lines
    from violations
    where is_quarantined

),

lines_of_day as (

    select
        day,
        event,
        sum(lines) as lines
    from all_lines
    group by
        day,
        event

),

summed as (

    select
        day,
        event,
        reason,
        bool_or(is_quarantined) as is_quarantined,
        sum(events) as events
    from said
    group by
        day,
        event,
        reason

),

shares as (

    select
        summed.day,
        summed.event,
        summed.reason,
        summed.is_quarantined,
        summed.events,
        {{ ratio('summed.events', 'lines_of_day.lines') }} as share
    from summed
    left join lines_of_day
        on
            summed.event = lines_of_day.event
            and coalesce(summed.day, date '0001-01-01') = coalesce(lines_of_day.day, date '0001-01-01')

)

select * from shares

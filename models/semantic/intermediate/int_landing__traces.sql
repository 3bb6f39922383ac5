{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_touched(['trace_id'], 'stg_landing__events') }}",
    post_hook="{{ mark_built() }}"
) }}

{#-
    The hops of a trace in their order: the hop, what shows that a trace ought to have it, what shows that it has come past it.
    A hop is missing when the first is there and the second is not; the first missing one in this list is where the trace broke.
    Withdrawals are not in it: they are decided hours later, in traces of their own.
-#}
{%- set rules = [
    ('bet_place', "('bet_accept', 'bet_reject', 'round_settle')", "('bet_place')"),
    ('round_settle', "('bet_place', 'bet_accept')", "('round_settle', 'bet_reject', 'void', 'refund', 'bet_rollback')"),
    ('deposit_initiated', "('deposit_success', 'deposit_declined')", "('deposit_initiated')"),
    ('deposit_success', "('deposit_initiated', 'deposit_3ds')", "('deposit_success', 'deposit_declined')"),
] -%}

with

landed as (

    select *
    from {{ ref('stg_landing__events') }} {{ where_touched_since('trace_id', 'stg_landing__events', 'first_day') }}

),

hops_of_traces as (

    select
        trace_id,
        event,
        event_id,
        event_day,
        ts
    from landed
    where trace_id is not null and not is_left_out

),

ordered as (

    select
        *,
        row_number() over (partition by trace_id order by ts, event, event_id) as hop_no,
        count(*) over (partition by trace_id) as hops
    from hops_of_traces

),

traces as (

    select
        trace_id,
        max(case when hop_no = 1 then event end) as first_event,
        max(case when hop_no = hops then event end) as last_event,
        max(hops) as hops,
        {{ ms_between('min(ts)', 'max(ts)') }} as duration_ms,
        min(event_day) as first_day,
        case
            {%- for hop, seen, expected in rules %}
                when bool_or(event in {{ seen }}) and not bool_or(event in {{ expected }}) then '{{ hop }}'
            {%- endfor %}
        end as broken_at
    from ordered
    group by trace_id

)

select * from traces

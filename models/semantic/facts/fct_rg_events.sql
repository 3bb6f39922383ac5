{#- What each event calls the columns that all of them share; `null` where it has no such thing. -#}
{%- set nothing = {
    'limit_id': 'null', 'type': 'null', 'period': 'null', 'new_value': 'null', 'old_value': 'null', 'currency': 'null',
    'initiator': 'null', 'effective_at': 'null', 'ends_at': 'null'
} -%}
{%- set limit = {
    'limit_id': 'limit_id', 'type': 'type', 'period': 'period', 'new_value': 'new_value', 'old_value': 'old_value',
    'currency': 'currency', 'initiator': 'initiator', 'effective_at': 'coalesce(effective_at, event_at)'
} -%}
{%- set events = {
    'rg_limit_set': ('stg_compliance__rg_limits_set', limit),
    'rg_limit_updated': ('stg_compliance__rg_limit_updates', limit),
    'rg_blocked_bet': ('stg_compliance__rg_blocked_bets', {
        'limit_id': 'limit_id', 'type': 'reason', 'new_value': 'attempted_amount', 'currency': 'attempted_currency'
    }),
    'rg_interaction': ('stg_compliance__rg_interactions', {'type': 'action'}),
    'reality_check_shown': ('stg_compliance__reality_checks', {}),
    'session_timeout': ('stg_compliance__session_timeouts', {'type': 'reason'}),
    'self_exclusion': ('stg_compliance__self_exclusions', {
        'type': 'scope', 'effective_at': 'coalesce(starts_at, event_at)', 'ends_at': 'ends_at'
    }),
    'cool_off': ('stg_compliance__cool_offs', {'effective_at': 'event_at', 'ends_at': 'ends_at'}),
} -%}

with

happened as (

    {%- for event, (relation, own) in events.items() %}
        {%- set column = dict(nothing, **own) %}
        select
            '{{ event }}' as event,
            event_id,
            brand,
            player_id,
            jurisdiction,
            cast({{ column.limit_id }} as string) as limit_id,
            cast({{ column.type }} as string) as type,
            cast({{ column.period }} as string) as period,
            cast({{ column.new_value }} as decimal(38, 8)) as new_value,
            cast({{ column.old_value }} as decimal(38, 8)) as old_value,
            cast({{ column.currency }} as string) as currency,
            cast({{ column.initiator }} as string) as initiator,
            event_at as happened_at,
            cast({{ column.effective_at }} as timestamp) as effective_at,
            cast({{ column.ends_at }} as timestamp) as ends_at
        from {{ ref(relation) }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

-- The landing finds a repeated id within its day; the same id on two days is one event here, the earlier.
numbered as (

    select
        *,
        row_number() over (partition by event, event_id order by happened_at, brand, player_id) as copy_no
    from happened

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rg_events as (

    select

        ---------- ids
        numbered.event_id,
        numbered.brand,
        numbered.player_id,
        numbered.limit_id,

        ---------- strings
        numbered.event,
        numbered.jurisdiction,
        numbered.type,
        numbered.period,
        numbered.currency,
        numbered.initiator,

        ---------- numbers
        numbered.new_value,
        numbered.old_value,

        ---------- times
        numbered.happened_at,
        numbered.effective_at,
        numbered.ends_at,
        {{ gaming_day('numbered.happened_at', 'jurisdictions') }} as gaming_day

    from numbered

    left join jurisdictions on numbered.jurisdiction = jurisdictions.jurisdiction

    where numbered.copy_no = 1

)

select * from rg_events

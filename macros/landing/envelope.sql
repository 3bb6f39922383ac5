{#
    The envelope's columns, as every event's staging model begins. Said once, so that a column added to the envelope reaches all of them.
    `fx_source` and `fx_fixed_at` stay in landing: they document a rate, and no figure depends on them.
#}
{% macro envelope() -%}
        event_id,
        brand,
        player_id,
        anonymous_id,
        session_id,
        trace_id,
        jurisdiction,
        source,
        fx_rate,
        fx_base,
        ts as event_at,
        received_ts as received_at,
        event_day,
        load_seq,
        changed_seq
{%- endmacro %}

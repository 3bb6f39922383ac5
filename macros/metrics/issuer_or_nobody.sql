{#
    The issuer of the bets to which an event belongs. What finds no bet is held against its own kind, by the provider that it names, so that
    an orphan too counts once and can be corrected. `event` is a prefix of the columns, such as `events.`.
#}
{% macro issuer_or_nobody(event='') -%}
    coalesce({{ event }}issuer_id, 'nobody ' || coalesce(lower({{ event }}named_provider_id), ''))
{%- endmacro %}

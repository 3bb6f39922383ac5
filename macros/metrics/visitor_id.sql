{#
    Who visits: a player, or somebody who is known by the id of a browser or device only. The two are named by different hands and may
    use one word for two people, so that the word alone would merge them.
#}
{% macro visitor_id(player_id, anonymous_id) -%}
    case when {{ player_id }} is not null then {{ visiting_player(player_id) }} else 'anonymous ' || {{ anonymous_id }} end
{%- endmacro %}

{% macro visiting_player(player_id) -%}
    'player ' || {{ player_id }}
{%- endmacro %}

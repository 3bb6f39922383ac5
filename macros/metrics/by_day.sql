{#
    The rows of a relation of rounds once for each day by whose end they were known, from `days` (a CTE of int_bets__days). Most rounds lie
    within one day: they have one row, with the end of the calendar as `as_of_day`, as the last day of every other round knows all there is.
#}
{% macro by_day(relation, happened_at, days) -%}
    select
        given.*,
        coalesce({{ days }}.as_of_day, cast('9999-12-31' as date)) as as_of_day,
        coalesce({{ days }}.is_latest, true) as is_latest
    from {{ relation }} as given
    left join {{ days }}
        on
            given.brand = {{ days }}.brand
            and given.player_id = {{ days }}.player_id
            and given.issuer_id = {{ days }}.issuer_id
            and given.round_id = {{ days }}.round_id
    where {{ days }}.as_of_day is null or {{ gaming_day('given.' ~ happened_at, days) }} <= {{ days }}.known_day
{%- endmacro %}

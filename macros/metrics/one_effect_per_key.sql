{#
    One effect per business key. An event that comes again under another event id, with the same amount, is the same money and counts
    once; with another amount nobody can say which one is true, so no copy counts: the row keeps `is_conflict` and its reader counts 0.
    Attributes are those of the earliest copy by (event_at, event_id), never of the first to arrive, so that the order in which files
    land changes nothing. A key column may be null (a chargeback without a stage): null is then one value of the key.

    Gives a SELECT of one row per key with all columns of the relation and copy_no, copies, is_conflict.
#}
{% macro one_effect_per_key(relation, keys, amounts=['amount', 'currency']) -%}
    select *
    from (
        select
            given.*,
            row_number() over (partition by {{ keys | join(', ') }} order by event_at, event_id) as copy_no,
            count(*) over same_key as copies,
            {{ differs_within('same_key', amounts) }} as is_conflict
        from {{ relation }} as given
        window same_key as (partition by {{ keys | join(', ') }})
    ) as numbered
    where copy_no = 1
{%- endmacro %}

{# True where a window holds two different values of any of the columns; values that were not sent differ from nothing. #}
{% macro differs_within(window, columns) -%}
    (
        {%- for column in columns %}
        coalesce(min({{ column }}) over {{ window }} != max({{ column }}) over {{ window }}, false) or
        {%- endfor %}
        false
    )
{%- endmacro %}

{#
    What a list of components (wallet, amount) says: the amount of one wallet, the amount of all, and the wallet where there is only one.
    Null where nothing says how the money splits (no list, or an empty one); the amount of a wallet that a list does not name is 0: the
    two are different answers, and callers fall back on the first. Engines agree neither on how a list is filtered nor on how it is summed.
#}
{% macro component_amount(components, wallet) -%}
    {{ return(adapter.dispatch('component_amount')(components, wallet)) }}
{%- endmacro %}

{% macro default__component_amount(components, wallet) -%}
    case when size({{ components }}) > 0 then
        aggregate(
            filter({{ components }}, component -> component.wallet = '{{ wallet }}'),
            cast(0 as decimal(38, 8)),
            (total, component) -> cast(total + component.amount as decimal(38, 8))
        )
    end
{%- endmacro %}

{% macro duckdb__component_amount(components, wallet) -%}
    case when len({{ components }}) > 0 then
        cast(
            coalesce(
                list_sum(
                    list_transform(
                        list_filter({{ components }}, lambda component: component['wallet'] = '{{ wallet }}'),
                        lambda component: component['amount']
                    )
                ),
                0
            ) as decimal(38, 8)
        )
    end
{%- endmacro %}

{% macro components_total(components) -%}
    {{ return(adapter.dispatch('components_total')(components)) }}
{%- endmacro %}

{% macro default__components_total(components) -%}
    case when size({{ components }}) > 0 then
        aggregate(
            {{ components }}, cast(0 as decimal(38, 8)), (total, component) -> cast(total + component.amount as decimal(38, 8))
        )
    end
{%- endmacro %}

{% macro duckdb__components_total(components) -%}
    case when len({{ components }}) > 0 then
        cast(list_sum(list_transform({{ components }}, lambda component: component['amount'])) as decimal(38, 8))
    end
{%- endmacro %}

{% macro only_wallet(components) -%}
    {{ return(adapter.dispatch('only_wallet')(components)) }}
{%- endmacro %}

{% macro default__only_wallet(components) -%}
    case when size(array_distinct(transform({{ components }}, component -> component.wallet))) = 1 then {{ components }}[0].wallet end
{%- endmacro %}

{% macro duckdb__only_wallet(components) -%}
    case
        when list_unique(list_transform({{ components }}, lambda component: component['wallet'])) = 1
            then {{ components }}[1]['wallet']
    end
{%- endmacro %}

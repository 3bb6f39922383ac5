{#
    Amount of one wallet in a list of components (wallet, amount), decimal(38,4). Null where nothing says how the money splits (no list,
    or an empty one), 0 where the list names other wallets only: the two are different answers, and callers fall back on the first.
    Engines agree neither on how a list is filtered nor on how it is summed.
#}
{% macro component_amount(components, wallet) -%}
    {{ return(adapter.dispatch('component_amount')(components, wallet)) }}
{%- endmacro %}

{% macro default__component_amount(components, wallet) -%}
    case when size({{ components }}) > 0 then
        aggregate(
            filter({{ components }}, component -> component.wallet = '{{ wallet }}'),
            cast(0 as decimal(38, 4)),
            (total, component) -> cast(total + component.amount as decimal(38, 4))
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
            ) as decimal(38, 4)
        )
    end
{%- endmacro %}

{#
    Money that names a round but no bet, shared out over the bets of that round that take part: one row per bet and payment. Every share
    is cut to 8 decimals and the bet with the last bet_id takes the remainder, so that the shares add up to the money exactly; where the
    weights are all zero, or an amount is too large to be shared, it takes everything. `payments` has one row per round and `payment` (columns, the currency at
    least) with the amounts summed up, so that the work does not grow with the product of bets and payments; `bets` has the key and `weight`.
#}
{% macro split_by_stake(payments, bets, round, amounts, payment='currency') %}
    select
        {{ round }},
        bet_id,
        {{ payment }},
        weight,
        total_weight,
        {%- for amount in amounts %}
        {{ amount }}_share + case
            when bet_id = last_bet_id then {{ amount }} - sum({{ amount }}_share) over (partition by {{ round }}, {{ payment }})
            else 0
        end as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            weighed.*,
            {{ payment }},
            {%- for amount in amounts %}
            payments.{{ amount }},
            coalesce({{ truncated_share_or_null('payments.' ~ amount, 'weighed.weight', 'weighed.total_weight') }}, 0) as {{ amount }}_share{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ payments }} as payments
        inner join (
            select
                {{ round }},
                bet_id,
                weight,
                sum(weight) over (partition by {{ round }}) as total_weight,
                max(bet_id) over (partition by {{ round }}) as last_bet_id
            from {{ bets }}
        ) as weighed using ({{ round }})
    ) as shared
{% endmacro %}

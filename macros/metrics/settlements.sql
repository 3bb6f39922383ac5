{#
    One row per settlement of a relation of round_settle events. The business key is the bet key and the transaction id (the event id
    where a producer sends none): the same key again with the same amount is a repetition, with another amount a conflict in which no
    copy counts until it is resolved. A bet id that was not sent stays null here, because it means "every bet of the round".
#}
{% macro settlements_once(events) %}
    select

        ---------- ids
        brand,
        player_id,
        round_id,
        max(bet_id) as bet_id,
        coalesce(txn_id, event_id) as settlement_id,
        max(game_id) as game_id,
        max(jurisdiction) as jurisdiction,

        ---------- money
        max(payout_currency) as currency,
        max(payout_amount) as payout_amount,
        max(case when jackpot_win_currency = payout_currency then jackpot_win_amount else 0 end) as jackpot_amount,
        max({{ component_amount('components', 'bonus') }}) as bonus_amount,

        ---------- state and times
        max(rtp_snapshot) as rtp_snapshot,
        min(case when is_round_end then settle_latency_ms end) as settle_latency_ms,
        min(event_at) as booked_at,
        min(case when is_round_end then event_at end) as round_ended_at,
        max(changed_seq) as changed_seq

    from {{ events }}
    group by brand, player_id, round_id, coalesce(bet_id, round_id), coalesce(txn_id, event_id)
    having min(payout_amount) = max(payout_amount) and min(payout_currency) = max(payout_currency)
{% endmacro %}

{#
    Money that names a round but no bet, shared out over bets of that round and player: one row per payment and bet. Every share is cut to
    4 decimals and the bet with the last bet_id takes the remainder, so that the shares add up to the payment exactly; where the
    weights are all zero it takes everything. An amount that is null stays null for all. `payments` has payment_id, the amounts and the columns to keep; `bets` the key and the
    weight, and `only` says which of them take part.
#}
{% macro split_by_stake(payments, bets, only, weight, amounts, keep) %}
    select
        brand,
        player_id,
        round_id,
        bet_id,
        {%- for amount in amounts %}
        case
            when bet_id = last_bet_id
                then {{ amount }} - sum({{ amount }}_share) over (partition by brand, player_id, round_id, payment_id) + {{ amount }}_share
            else {{ amount }}_share
        end as {{ amount }},
        {%- endfor %}
        {{ keep | join(', ') }}
    from (
        select
            bets.*,
            payments.payment_id,
            {%- for amount in amounts %}
            payments.{{ amount }},
            case
                when payments.{{ amount }} is not null
                    then {{ truncated_share_or_null('payments.' ~ amount, 'bets.weight', 'bets.total_weight') }}
            end as {{ amount }}_share,
            {%- endfor %}
            payments.{{ keep | join(', payments.') }}
        from {{ payments }} as payments
        inner join (
            select
                brand,
                player_id,
                round_id,
                bet_id,
                {{ weight }} as weight,
                sum({{ weight }}) over (partition by brand, player_id, round_id) as total_weight,
                max(bet_id) over (partition by brand, player_id, round_id) as last_bet_id
            from {{ bets }}
            where {{ only }}
        ) as bets
            on
                payments.brand = bets.brand
                and payments.player_id = bets.player_id
                and payments.round_id = bets.round_id
    ) as shared
{% endmacro %}

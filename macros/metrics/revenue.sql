{#
    The revenue figures, each said once, as aggregates over the columns of fct_bets. A bet that does not count has 0 in every amount
    and a bet that is not settled has 0 in payout and ggr, so no filter has to be repeated here.
#}
{% macro handle() -%} cast(sum(handle_amount) as decimal(38, 8)) {%- endmacro %}

{% macro payout() -%} cast(sum(payout_amount) as decimal(38, 8)) {%- endmacro %}

{% macro ggr() -%} cast(sum(ggr_amount) as decimal(38, 8)) {%- endmacro %}

{% macro open_stakes() -%} cast(sum(open_stake_amount) as decimal(38, 8)) {%- endmacro %}

{% macro jackpot_payout() -%} cast(sum(jackpot_payout_amount) as decimal(38, 8)) {%- endmacro %}

{# The share of settled stakes that the house keeps; null when nothing was staked on a settled bet. #}
{% macro hold() -%} {{ ratio('sum(ggr_amount)', 'sum(handle_amount - open_stake_amount)') }} {%- endmacro %}

{% macro counted_bets() -%} count(case when is_counted then 1 end) {%- endmacro %}

{# A round is one provider's; the length parts the two names, whatever they hold. #}
{% macro rounds() -%}
    count(distinct case when is_counted then concat(cast(length(provider_id) as string), ' ', provider_id, round_id) end)
{%- endmacro %}

{% macro active_players() -%} count(distinct case when is_counted then player_id end) {%- endmacro %}

{# Net gaming revenue: ggr, what a network's pot paid of it, less the bonus and every line of the policy (each 0 where it is left out). #}
{% macro ngr(ggr, paid_by_network, bonus_cost, lines) -%}
    cast({{ ggr }} + {{ paid_by_network }} - {{ bonus_cost }}{% for line in lines %} - {{ line }}{% endfor %} as decimal(38, 8))
{%- endmacro %}

{#
    The revenue figures, each said once, as aggregates over fct_bets (pass the alias). A bet that does not count has 0 in every
    amount and a bet that is not settled has 0 in payout and ggr, so no filter has to be repeated here.
#}
{% macro handle(bets) -%} cast(sum({{ bets }}.handle_amount) as decimal(38, 4)) {%- endmacro %}

{% macro payout(bets) -%} cast(sum({{ bets }}.payout_amount) as decimal(38, 4)) {%- endmacro %}

{% macro ggr(bets) -%} cast(sum({{ bets }}.ggr_amount) as decimal(38, 4)) {%- endmacro %}

{% macro open_stakes(bets) -%} cast(sum({{ bets }}.open_stake_amount) as decimal(38, 4)) {%- endmacro %}

{# The share of settled stakes that the house keeps; null when nothing was staked on a settled bet. #}
{% macro hold(bets) -%}
    {{ ratio('sum(' ~ bets ~ '.ggr_amount)', 'sum(' ~ bets ~ '.handle_amount - ' ~ bets ~ '.open_stake_amount)') }}
{%- endmacro %}

{% macro counted_bets(bets) -%} count(case when {{ bets }}.is_counted then 1 end) {%- endmacro %}

{% macro rounds(bets) -%} count(distinct case when {{ bets }}.is_counted then {{ bets }}.round_id end) {%- endmacro %}

{% macro active_players(bets) -%} count(distinct case when {{ bets }}.is_counted then {{ bets }}.player_id end) {%- endmacro %}

{# Net gaming revenue: ggr minus the bonus and minus every line of the policy (each already 0 where the policy leaves it out). #}
{% macro ngr(ggr, bonus_cost, lines) -%}
    cast({{ ggr }} - {{ bonus_cost }}{% for line in lines %} - {{ line }}{% endfor %} as decimal(38, 4))
{%- endmacro %}

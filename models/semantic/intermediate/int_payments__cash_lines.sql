{#- Each line: its name, its amount, where it comes from, and of which rows. Bets, then payments, then the wallets. -#}
{%- set sources = [
    ("'ggr'", 'ggr_amount', 'bets', 'is_settled'),
    ("'bonus_stakes'", 'bonus_stake_amount', 'bets', 'is_settled'),
    ("'open_cash_stakes'", 'open_stake_amount - bonus_stake_amount', 'bets', 'not is_settled'),
    ("'open_bonus_stakes'", 'bonus_stake_amount', 'bets', 'not is_settled'),
    ("line", 'amount', 'bonuses', 'true'),
    ("'deposits'", 'amount', 'deposits', 'true'),
    ("'withdrawals'", 'amount', 'withdrawals', 'true'),
    ("'tips'", '-amount', 'side_entities', "entity = 'tip'"),
    ("'prizes'", 'amount', 'side_entities', "entity = 'prize'"),
    ("'refunds'", '-amount', 'side_entities', "entity = 'refund'"),
    ("'movements'", '1', 'movements', 'true'),
    ("wallet || '_moved_by_' || entity", 'signed_amount', 'movements', 'true'),
    ("'bonus_wins'", 'bonus_wins', 'entities', 'true'),
    ("'open_cash_payouts'", 'prize_cash', 'entities', 'is_open'),
    ("'open_bonus_payouts'", 'prize_bonus', 'entities', 'is_open'),
    ("'bets_without_movement'", 'cash_bets', 'entities', 'moved_cash = 0'),
    ("'unmatched'", '1', 'entities', 'not is_matched'),
] -%}

with

bets as (

    select * from {{ ref('fct_bets') }} where is_counted

),

movements as (

    select * from {{ ref('int_payments__booked_movements') }}

),

entities as (

    select * from {{ ref('int_payments__matched_entities') }}

),

bonuses as (

    select
        *,
        'bonus_' || kind as line
    from {{ ref('int_bonuses__costs') }}

),

deposits as (

    select * from {{ ref('fct_deposits') }}

),

withdrawals as (

    select * from {{ ref('int_payments__payouts') }}

),

side_entities as (

    select * from {{ ref('int_payments__side_entities') }}

),

lines as (

    {%- for line, amount, relation, condition in sources %}
        select
            gaming_day,
            currency,
            {{ line }} as line,
            {{ amount }} as amount
        from {{ relation }}
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

summed as (

    select
        gaming_day,
        currency,
        line,
        cast(sum(amount) as decimal(38, 8)) as amount
    from lines
    where currency is not null
    group by
        gaming_day,
        currency,
        line

)

select * from summed

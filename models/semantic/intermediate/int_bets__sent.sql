{#- Each kind of event: where it is sent, which rows of it, and where the columns come from that not every kind has. -#}
{%- set money = {'currency': 'currency', 'amount': 'amount'} -%}
{%- set game = {'provider_id': 'provider_id', 'game_id': 'game_id'} -%}
{%- set txn = {'txn_id': 'txn_id'} -%}
{%- set sources = [
    ('placed', ref('stg_gameplay__bets'), 'true', {}),
    ('accepted', ref('stg_gameplay__bet_accepts'), 'true', dict(game, latency_ms='latency_ms')),
    ('rejected', ref('stg_gameplay__bet_rejects'), 'true', dict(game, txn_id='txn_id', code='code')),
    ('voided', ref('stg_gameplay__voids'), 'true', dict(game, **money)),
    ('refunded', ref('stg_gameplay__refunds'), 'not partial', dict(game, txn_id='txn_id', **money)),
    ('partially_refunded', ref('stg_gameplay__refunds'), 'partial', dict(game, txn_id='txn_id', **money)),
    ('rolled_back', ref('stg_gameplay__rollbacks'), 'true', dict(game, **txn)),
    ('settled', 'settlements', 'true', dict(
        game, txn_id='txn_id', currency='payout_currency', amount='payout_amount', bonus_amount='bonus_amount',
        jackpot_currency='jackpot_win_currency', jackpot_amount='jackpot_win_amount', pot_scope='known_pot_scope',
        wallet='wallet', rtp_snapshot='rtp_snapshot', latency_ms='settle_latency_ms', revision='revision',
        is_round_end='is_round_end', has_bad_components='has_bad_components'
    )),
    ('unsettled', ref('stg_gameplay__unsettlements'), 'true', dict(game, **txn)),
    ('contributed', ref('stg_gameplay__jackpot_contributions'), 'true', dict(
        money, txn_id='txn_id', game_id='game_id', pot_id='pot_id', fx_rate='fx_rate', fx_base='fx_base'
    )),
] -%}
{%- set columns = {
    'txn_id': 'string', 'provider_id': 'string', 'game_id': 'string', 'pot_id': 'string', 'code': 'string',
    'currency': 'string', 'jackpot_currency': 'string', 'pot_scope': 'string', 'wallet': 'string', 'fx_base': 'string',
    'amount': 'decimal(28, 8)', 'bonus_amount': 'decimal(38, 8)', 'jackpot_amount': 'decimal(28, 8)',
    'fx_rate': 'decimal(38, 18)', 'rtp_snapshot': 'decimal(38, 18)', 'latency_ms': 'bigint', 'revision': 'bigint',
    'is_round_end': 'boolean', 'has_bad_components': 'boolean'
} -%}
with

pots as (

    select * from {{ ref('int_jackpots__pots') }}

),

given_settlements as (

    select
        *,
        {{ components_total('components') }} as components_amount
    from {{ ref('stg_gameplay__settlements') }}

),

-- Whose pot it was may be said by its contributions only: the load that says it changes what is known of the
-- settlement.
settlements as (

    select
        given_settlements.*,
        case
            when given_settlements.components_amount = given_settlements.payout_amount
                then {{ component_amount('given_settlements.components', 'bonus') }}
        end as bonus_amount,
        case
            when given_settlements.components_amount = given_settlements.payout_amount
                then {{ only_wallet('given_settlements.components') }}
        end as wallet,
        coalesce(given_settlements.components_amount != given_settlements.payout_amount, false) as has_bad_components,
        coalesce(given_settlements.pot_scope, pots.pot_scope, 'local') as known_pot_scope,
        case
            when given_settlements.pot_scope is null and pots.known_seq > given_settlements.changed_seq
                then pots.known_seq
            else given_settlements.changed_seq
        end as known_seq
    from given_settlements
    left join pots on given_settlements.brand = pots.brand and given_settlements.pot_id = pots.pot_id

),

sent as (

    {%- for kind, relation, condition, own in sources %}
        select
            '{{ kind }}' as kind,
            event_id,
            brand,
            player_id,
            round_id,
            bet_id,
            {%- for column, type in columns.items() %}
                {{ own.get(column, 'cast(null as ' ~ type ~ ')') }} as {{ column }},
            {%- endfor %}
            jurisdiction,
            event_at,
            {{ 'known_seq' if kind == 'settled' else 'changed_seq' }} as changed_seq
        from {{ relation }}
        where {{ condition }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

select * from sent

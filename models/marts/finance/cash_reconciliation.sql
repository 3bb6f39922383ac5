{#- What changes a balance for good. Apart: bets that were never seen, money on its way, chargebacks, corrections. -#}
{%- set lasting = ['bet', 'deposit', 'withdrawal', 'bonus', 'tip', 'prize', 'refund', 'unknown'] -%}
{%- set cash_lines, bonus_lines = [], [] -%}
{%- for entity in lasting -%}
    {%- do cash_lines.append('cash_moved_by_' ~ entity) -%}
    {%- do bonus_lines.append('bonus_moved_by_' ~ entity) -%}
{%- endfor -%}
{%- set sums = {
    'ggr': ['ggr'],
    'bonus_stakes': ['bonus_stakes'],
    'bonus_wins': ['bonus_wins'],
    'open_cash_stakes': ['open_cash_stakes'],
    'open_bonus_stakes': ['open_bonus_stakes'],
    'open_cash_payouts': ['open_cash_payouts'],
    'open_bonus_payouts': ['open_bonus_payouts'],
    'bonus_granted': ['bonus_issued'],
    'bonus_taken_back': ['bonus_forfeited', 'bonus_expired', 'bonus_wager_forfeited'],
    'bonus_converted': ['bonus_converted'],
    'deposits': ['deposits'],
    'withdrawals': ['withdrawals'],
    'tips': ['tips'],
    'prizes': ['prizes'],
    'refunds': ['refunds'],
    'cash_balance_change': cash_lines,
    'moved_bonus_balance': bonus_lines,
    'adjustments': ['cash_moved_by_adjustment'],
    'set_aside': ['cash_moved_by_in_transit', 'cash_moved_by_chargeback', 'cash_moved_by_orphan'],
    'movements': ['movements'],
    'bets_without_movement': ['bets_without_movement'],
    'unmatched': ['unmatched'],
} -%}

with

lines as (

    select * from {{ ref('int_payments__cash_lines') }}

),

-- Where bonus wallets send nothing, nothing can be missed in them.
carried as (

    select
        currency,
        bool_or(line = 'bonus_moved_by_bonus') as carries_bonuses
    from lines
    group by currency

),

days as (

    select
        {%- for column, parts in sums.items() %}
            sum(case when line in ({{ "'" ~ parts | join("', '") ~ "'" }}) then amount else 0 end) as {{ column }},
        {%- endfor %}
        gaming_day,
        currency
    from lines
    group by
        gaming_day,
        currency

),

fed as (

    select
        days.*,
        days.movements > 0 as has_movements,
        carried.carries_bonuses as has_bonus_feed,
        days.movements > 0 and days.unmatched = 0 as has_wallet_feed
    from days
    left join carried on days.currency = carried.currency

),

bases as (

    select
        *,
        ggr - bonus_stakes + bonus_wins - bonus_converted as cash_ngr,
        case
            when has_movements and has_bonus_feed then moved_bonus_balance + open_bonus_stakes - open_bonus_payouts
            else bonus_granted - bonus_taken_back - bonus_converted - bonus_stakes + bonus_wins
        end as bonus_balance_change,
        case
            when has_movements
                then deposits - refunds - withdrawals - tips + prizes
                    - cash_balance_change - open_cash_stakes + open_cash_payouts
        end as ledger_ngr
    from fed

),

compared as (

    select
        *,
        ggr - (bonus_granted - bonus_taken_back - bonus_balance_change) as total_ngr
    from bases

),

reconciliation as (

    select

        ---------- grain
        gaming_day,
        cast(currency as string) as currency,

        ---------- the three bases
        cast(cash_ngr as decimal(38, 8)) as cash_ngr,
        cast(total_ngr as decimal(38, 8)) as total_ngr,
        cast(ledger_ngr as decimal(38, 8)) as ledger_ngr,
        cast(case when has_wallet_feed then cash_ngr - total_ngr end as decimal(38, 8)) as cash_minus_total,
        cast(case when has_wallet_feed then cash_ngr - ledger_ngr end as decimal(38, 8)) as cash_minus_ledger,
        cast(case when has_wallet_feed then total_ngr - ledger_ngr end as decimal(38, 8)) as total_minus_ledger,

        ---------- the same, to date
        {% for basis in ['cash', 'total', 'ledger'] %}
            cast(
                case when bool_and(has_wallet_feed) over to_date then sum({{ basis }}_ngr) over to_date end
                as decimal(38, 8)
            ) as {{ basis }}_ngr_to_date,
        {%- endfor %}

        ---------- what they are made of
        {% for amount in [
            'ggr', 'bonus_stakes', 'bonus_wins', 'bonus_granted', 'bonus_taken_back', 'bonus_converted',
            'bonus_balance_change', 'deposits', 'refunds', 'withdrawals', 'tips', 'prizes', 'cash_balance_change',
            'open_cash_stakes', 'open_bonus_stakes', 'adjustments', 'set_aside'
        ] %}
            cast({{ amount }} as decimal(38, 8)) as {{ amount }},
        {%- endfor %}

        ---------- what the feed holds
        cast(movements as bigint) as movements,
        cast(bets_without_movement as bigint) as bets_without_movement,
        cast(unmatched as bigint) as unmatched,
        has_wallet_feed,
        has_bonus_feed

    from compared
    window to_date as (partition by currency order by gaming_day rows between unbounded preceding and current row)

)

select * from reconciliation

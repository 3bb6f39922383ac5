{#- Each line: its name, its amount, where it comes from, and of which rows. Bets, then payments, then the wallets. -#}
{%- set sources = [
    ("'ggr'", 'ggr_amount', 'fed_bets', 'is_settled'),
    ("'bonus_stakes'", 'bonus_stake_amount', 'fed_bets', 'is_settled'),
    ("'stated_bonus_wins'", 'bonus_payout_amount', 'fed_bets', 'is_settled'),
    ("'open_cash_stakes'", 'open_stake_amount - bonus_stake_amount', 'fed_bets', 'not is_settled'),
    ("'open_bonus_stakes'", 'bonus_stake_amount', 'fed_bets', 'not is_settled'),
    ("'open_' || wallet || '_payouts'", 'payout_amount', 'part_payouts', 'true'),
    ("'bets_without_movement'", '1', 'fed_bets', 'lacks_movement'),
    ("'bets_in_two_currencies'", '1', 'fed_bets', 'has_currency_mismatch'),
    ("line", 'amount', 'bonuses', 'true'),
    ("'deposits'", 'amount', 'deposits', 'true'),
    ("'withdrawals'", 'amount', 'withdrawals', 'true'),
    ("'movements'", '1', 'movements', 'true'),
    ("wallet || '_moved_by_' || entity", 'signed_amount', 'movements', 'true'),
    ("'moved_bonus_wins'", 'signed_amount', 'movements', 'is_prize and wallet = \'bonus\''),
] -%}

with

bets as (

    select * from {{ ref('fct_bets') }} where is_counted

),

movements as (

    select
        *,
        -- What is paid for a round, less the prizes that are taken back; a void that pays is a stake coming back.
        entity = 'bet'
        and (ref_type in ('payout', 'jackpot') or (ref_type = 'void' and direction = 'debit')) as is_prize
    from {{ ref('int_payments__booked_movements') }}

),

settlement_events as (

    select * from {{ ref('stg_gameplay__settlements') }}

),

paid_bets as (

    select distinct
        brand,
        player_id,
        round_id,
        bet_id
    from movements
    where
        entity = 'bet'
        and direction = 'debit'

),

-- A bet has its movement when a debit names it, or names its round without a bet.
fed_bets as (

    select
        bets.*,
        bets.handle_amount > bets.bonus_stake_amount
        and by_bet.round_id is null
        and by_round.round_id is null as lacks_movement
    from bets
    left join paid_bets as by_bet
        on
            bets.brand = by_bet.brand
            and bets.player_id = by_bet.player_id
            and bets.round_id = by_bet.round_id
            and bets.bet_id = by_bet.bet_id
    left join paid_bets as by_round
        on
            bets.brand = by_round.brand
            and bets.player_id = by_round.player_id
            and bets.round_id = by_round.round_id
            and by_round.bet_id is null

),

settlements as (

    {{ settlements_once('settlement_events') }}

),

open_bets as (

    select
        *,
        case when wallet_type = 'bonus' then 'bonus' else 'cash' end as wallet,
        row_number() over (partition by brand, player_id, round_id order by bet_id) as bet_no
    from bets
    where not is_settled

),

-- Paid into a round that has not ended: it has reached the wallet and is no payout yet.
part_payouts as (

    select
        open_bets.gaming_day,
        open_bets.currency,
        open_bets.wallet,
        settlements.payout_amount
    from settlements
    inner join open_bets
        on
            settlements.brand = open_bets.brand
            and settlements.player_id = open_bets.player_id
            and settlements.round_id = open_bets.round_id
            and settlements.currency = open_bets.currency
            and (
                settlements.bet_id = open_bets.bet_id
                or (settlements.bet_id is null and open_bets.bet_no = 1)
            )

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

    select * from {{ ref('fct_withdrawals') }}

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
        cast(sum(amount) as decimal(38, 4)) as amount
    from lines
    where currency is not null
    group by
        gaming_day,
        currency,
        line

)

select * from summed

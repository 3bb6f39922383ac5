with

results as (

    select
        *,
        prize_amount as amount,
        prize_currency as currency
    from {{ ref('stg_gameplay__tournament_results') }}
    where prize_amount > 0

),

bonuses as (

    select * from {{ ref('stg_cashier__bonuses') }} where type = 'tournament'

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

won as (

    {{ one_effect_per_key('results', ['brand', 'player_id', 'tournament_id', 'txn_id']) }}

),

-- The same money told as a prize and as a bonus would be a cost twice.
told_twice as (

    select distinct
        won.brand,
        won.player_id,
        won.tournament_id,
        won.event_id
    from won
    inner join bonuses
        on
            won.brand = bonuses.brand
            and won.player_id = bonuses.player_id
            and won.amount = bonuses.amount
            and won.currency = bonuses.currency
    where won.paid_as = 'cash' and abs({{ ms_between('won.event_at', 'bonuses.event_at') }}) <= 86400000

),

prizes as (

    select

        ---------- ids
        won.brand,
        won.player_id,
        won.tournament_id,
        won.txn_id,
        won.event_id,
        won.game_id,

        ---------- strings
        won.jurisdiction,
        won.currency,
        won.paid_as,

        ---------- money
        cast(case when won.is_conflict then 0 else won.amount end as decimal(38, 8)) as amount,
        cast({{ to_base(
            'case when won.is_conflict then 0 else won.amount end',
            rate_to_base('won.currency', 'won.fx_rate', 'won.fx_base', 'rates.rate_to_base')
        ) }} as decimal(38, 4)) as amount_base,

        ---------- booleans
        won.is_conflict,
        won.paid_as = 'cash' as is_cash_prize,
        told_twice.event_id is not null as is_possible_repeat,

        ---------- times
        won.event_at as won_at,
        {{ gaming_day('won.event_at', 'jurisdictions') }} as gaming_day

    from won

    left join told_twice using (brand, player_id, tournament_id, event_id)

    left join jurisdictions on won.jurisdiction = jurisdictions.jurisdiction

    left join rates on won.currency = rates.currency and cast(won.event_at as date) = rates.rate_day

)

select * from prizes

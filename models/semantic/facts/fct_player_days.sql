{% set player_day = 'brand, player_id, gaming_day' %}
with

bets as (

    select * from {{ ref('fct_bets') }} where is_counted

),

deposits as (

    select * from {{ ref('fct_deposits') }} where succeeded_at is not null and not is_conflict

),

refunds as (

    select * from {{ ref('fct_deposit_refunds') }} where amount != 0

),

payouts as (

    select * from {{ ref('int_payments__payouts') }}

),

prizes as (

    select * from {{ ref('fct_prizes') }} where is_cash_prize and not is_conflict

),

tips as (

    select * from {{ ref('fct_tips') }} where not is_conflict

),

bonuses as (

    select * from {{ ref('int_bonuses__costs') }} where kind != 'converted'

),

lines as (

    select * from {{ ref('int_bets__ngr_lines') }} where player_id is not null

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

happened as (

    select
        brand,
        player_id,
        gaming_day,
        max(nullif(jurisdiction, 'XX')) as event_jurisdiction,
        sum(player_events) as player_events
    from {{ ref('int_players__event_days') }}
    where player_events > 0
    group by brand, player_id, gaming_day

),

played as (

    select
        {{ player_day }},
        max(nullif(jurisdiction, 'XX')) as bet_jurisdiction,
        {{ counted_bets() }} as bets,
        count(case when is_settled then 1 end) as settled_bets,
        {{ rounds() }} as rounds,
        {{ sum_known('handle_base') }} as handle_base,
        {{ sum_known('payout_base') }} as payout_base,
        {{ sum_known('ggr_base') }} as ggr_base,
        {{ sum_known('network_payout_base') }} as jackpot_paid_by_network_base,
        {{ sum_known(to_base('theo_amount', 'fx_rate_to_base')) }} as theo_base,
        {{ sum_known('coalesce(' ~ to_base('theo_amount', 'fx_rate_to_base') ~ ', handle_base)') }} as worth_base
    from bets
    group by {{ player_day }}

),

deposited as (

    select
        {{ player_day }},
        max(nullif(jurisdiction, 'XX')) as deposit_jurisdiction,
        count(*) as deposits,
        {{ sum_known('amount_base') }} as deposit_base
    from deposits
    group by {{ player_day }}

),

withdrawn as (

    select
        {{ player_day }},
        max(nullif(jurisdiction, 'XX')) as withdrawal_jurisdiction,
        sum(payouts) as withdrawals,
        {{ sum_known('amount_base') }} as withdrawal_base
    from payouts
    group by {{ player_day }}

),

{% for cte, amount in [('refunds', 'refund'), ('prizes', 'prize'), ('tips', 'tip')] %}
    {{ cte }}_of_day as (

        select
            {{ player_day }},
            max(nullif(jurisdiction, 'XX')) as {{ amount }}_jurisdiction,
            count(*) as {{ cte }},
            {{ sum_known('amount_base') }} as {{ amount }}_base
        from {{ cte }}
        where player_id is not null
        group by {{ player_day }}

    ),

{% endfor %}
granted as (

    select
        {{ player_day }},
        max(nullif(jurisdiction, 'XX')) as bonus_jurisdiction,
        count(*) as bonus_events,
        {{ sum_known("case when kind = 'issued' then amount_base else -amount_base end") }} as bonus_cost_base
    from bonuses
    group by {{ player_day }}

),

costed as (

    select
        {{ player_day }},
        max(nullif(jurisdiction, 'XX')) as cost_jurisdiction,
        count(*) as costs,
        {{ sum_known('cost_sign * amount_base') }} as cost_base
    from lines
    group by {{ player_day }}

),

attended as (

    select
        {{ player_day }},
        max(nullif(jurisdiction, 'XX')) as session_jurisdiction,
        count(*) as sessions,
        sum(cast(duration_s as decimal(18, 3))) as session_s  -- a sum of doubles depends on the order of the rows
    from sessions
    group by {{ player_day }}

),

-- What did not happen is 0; what happened at an unknown rate is null.
player_days as (

    select

        ---------- grain
        brand,
        player_id,
        gaming_day,
        coalesce(
            happened.event_jurisdiction,
            played.bet_jurisdiction,
            deposited.deposit_jurisdiction,
            withdrawn.withdrawal_jurisdiction,
            granted.bonus_jurisdiction,
            attended.session_jurisdiction,
            costed.cost_jurisdiction,
            refunds_of_day.refund_jurisdiction,
            prizes_of_day.prize_jurisdiction,
            tips_of_day.tip_jurisdiction,
            'XX'
        ) as jurisdiction,

        ---------- counts
        cast(coalesce(happened.player_events, 0) as bigint) as player_events,
        cast(coalesce(played.bets, 0) as bigint) as bets,
        cast(coalesce(played.settled_bets, 0) as bigint) as settled_bets,
        cast(coalesce(played.rounds, 0) as bigint) as rounds,
        cast(coalesce(deposited.deposits, 0) as bigint) as deposits,
        cast(coalesce(withdrawn.withdrawals, 0) as bigint) as withdrawals,
        cast(coalesce(attended.sessions, 0) as bigint) as sessions,
        cast(coalesce(attended.session_s, 0) as bigint) as session_s,

        ---------- money in the reporting currency
        cast(case when played.bets is null then 0 else played.handle_base end as decimal(38, 4)) as handle_base,
        cast(case when played.bets is null then 0 else played.payout_base end as decimal(38, 4)) as payout_base,
        cast(case when played.bets is null then 0 else played.ggr_base end as decimal(38, 4)) as ggr_base,
        cast(case when played.bets is null then 0 else played.jackpot_paid_by_network_base end as decimal(38, 4))
            as jackpot_paid_by_network_base,
        cast(case when played.bets is null then 0 else played.theo_base end as decimal(38, 4)) as theo_base,
        cast(case when played.bets is null then 0 else played.worth_base end as decimal(38, 4)) as worth_base,
        cast(case when granted.bonus_events is null then 0 else granted.bonus_cost_base end as decimal(38, 4))
            as bonus_cost_base,
        cast(
            case when played.bets is null then 0 else played.ggr_base end
            - case when costed.costs is null then 0 else costed.cost_base end as decimal(38, 4)
        ) as ngr_base,
        cast(case when deposited.deposits is null then 0 else deposited.deposit_base end as decimal(38, 4))
            as deposit_base,
        cast(case when withdrawn.withdrawals is null then 0 else withdrawn.withdrawal_base end as decimal(38, 4))
            as withdrawal_base,
        cast(case when refunds_of_day.refunds is null then 0 else refunds_of_day.refund_base end as decimal(38, 4))
            as refund_base,
        cast(case when prizes_of_day.prizes is null then 0 else prizes_of_day.prize_base end as decimal(38, 4))
            as prize_base,
        cast(case when tips_of_day.tips is null then 0 else tips_of_day.tip_base end as decimal(38, 4)) as tip_base

    from happened
    full outer join played using ({{ player_day }})
    full outer join deposited using ({{ player_day }})
    full outer join withdrawn using ({{ player_day }})
    full outer join granted using ({{ player_day }})
    full outer join costed using ({{ player_day }})
    full outer join attended using ({{ player_day }})
    full outer join refunds_of_day using ({{ player_day }})
    full outer join prizes_of_day using ({{ player_day }})
    full outer join tips_of_day using ({{ player_day }})

)

select * from player_days

{%- set player = 'brand, player_id, currency' -%}
with

pieces as (

    select * from {{ ref('int_bonuses__events') }} where kind != 'converted' and not is_conflict

),

free_rounds as (

    select * from {{ ref('free_rounds') }} where mode = 'unstaked'

),

bonuses as (

    select distinct
        brand,
        bonus_id
    from {{ ref('stg_cashier__bonuses') }}
    where type = 'free_spin'

),

wins as (

    select
        {{ player }},
        settled_at,
        sum(payout_amount) as amount
    from {{ ref('fct_bets') }}
    where is_unstaked and is_settled
    group by {{ player }}, settled_at

),

free_spins as (

    select pieces.*
    from pieces
    inner join free_rounds using (brand)
    inner join bonuses using (brand, bonus_id)

),

-- What is taken back of such a bonus can be no more than what its free rounds have won by then.
taken_back as (

    select
        free_spins.brand,
        free_spins.bonus_id,
        free_spins.event_id,
        free_spins.kind,
        free_spins.player_id,
        free_spins.currency,
        free_spins.event_at,
        free_spins.amount,
        coalesce(sum(wins.amount), 0) as won_amount
    from free_spins
    left join wins
        on
            free_spins.brand = wins.brand
            and free_spins.player_id = wins.player_id
            and free_spins.currency = wins.currency
            and free_spins.event_at >= wins.settled_at
    where free_spins.kind != 'issued'
    group by
        free_spins.brand, free_spins.bonus_id, free_spins.event_id, free_spins.kind, free_spins.player_id,
        free_spins.currency, free_spins.event_at, free_spins.amount

),

summed as (

    select
        *,
        sum(amount) over in_order as asked_amount
    from taken_back
    window in_order as (
        partition by {{ player }} order by event_at, event_id, kind rows between unbounded preceding and current row
    )

),

-- All that was counted so far: what was asked for, less the most by which it was ever beyond what had been won.
limited as (

    select
        *,
        asked_amount + least(0, min(won_amount - asked_amount) over in_order) as so_far_amount
    from summed
    window in_order as (
        partition by {{ player }} order by event_at, event_id, kind rows between unbounded preceding and current row
    )

),

unstaked as (

    select
        brand,
        bonus_id,
        event_id,
        kind,
        cast(0 as decimal(38, 8)) as counted_amount
    from free_spins
    where kind = 'issued'

    union all

    select
        brand,
        bonus_id,
        event_id,
        kind,
        cast(
            so_far_amount - coalesce(
                lag(so_far_amount) over (partition by {{ player }} order by event_at, event_id, kind), 0
            ) as decimal(38, 8)
        ) as counted_amount
    from limited

)

select * from unstaked

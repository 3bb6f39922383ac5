{% set day = 'gaming_day, brand, jurisdiction, currency' %}
{% set costs = [
    'promotion_prizes', 'jackpot_contribution', 'provider_fee', 'platform_fee', 'psp_fee', 'affiliate_commission', 'gaming_duty',
    'chargebacks'
] %}
with

bets as (

    select * from {{ ref('fct_bets') }}

),

orphans as (

    select * from {{ ref('fct_orphan_settlements') }}

),

lines as (

    select * from {{ ref('int_bets__ngr_lines') }}

),

tips as (

    select * from {{ ref('fct_tips') }}

),

played as (

    select
        {{ day }},
        {{ handle() }} as handle,
        {{ payout() }} as payout,
        {{ ggr() }} as ggr,
        {{ hold() }} as hold,
        {{ open_stakes() }} as open_stakes,
        {{ jackpot_payout() }} as jackpot_payout,
        {{ counted_bets() }} as bets,
        {{ rounds() }} as rounds,
        {{ active_players() }} as active_players,
        {{ sum_known('case when is_counted then handle_base else 0 end') }} as handle_base,
        {{ sum_known('case when is_counted then ggr_base else 0 end') }} as ggr_base
    from bets
    group by {{ day }}

),

costed as (

    select
        {{ day }},
        sum(case when line = 'bonus_cost' then amount else 0 end) as bonus_cost,
        sum(case when line = 'jackpot_paid_by_network' then amount else 0 end) as jackpot_paid_by_network,
        {%- for cost in costs %}
            sum(case when line = '{{ cost }}' then amount else 0 end) as {{ cost }},
        {%- endfor %}
        {{ sum_known('cost_sign * amount_base') }} as cost_base
    from lines
    group by {{ day }}

),

unclaimed as (

    select
        {{ day }},
        sum(payout_amount) as orphan_payout
    from orphans
    group by {{ day }}

),

tipped as (

    select
        {{ day }},
        sum(amount) as tips
    from tips
    group by {{ day }}

),

days as (

    select {{ day }} from played
    union
    select {{ day }} from costed
    union
    select {{ day }} from unclaimed
    union
    select {{ day }} from tipped

),

-- Where a day has no row on one side its amounts are 0; where it has one, an unknown rate stays unknown.
joined as (

    select
        days.*,
        played.hold,
        coalesce(played.handle, 0) as handle,
        coalesce(played.payout, 0) as payout,
        coalesce(played.ggr, 0) as ggr,
        coalesce(played.open_stakes, 0) as open_stakes,
        coalesce(played.jackpot_payout, 0) as jackpot_payout,
        coalesce(played.bets, 0) as bets,
        coalesce(played.rounds, 0) as rounds,
        coalesce(played.active_players, 0) as active_players,
        coalesce(costed.bonus_cost, 0) as bonus_cost,
        coalesce(costed.jackpot_paid_by_network, 0) as jackpot_paid_by_network,
        coalesce(tipped.tips, 0) as tips,
        {%- for cost in costs %}
            coalesce(costed.{{ cost }}, 0) as {{ cost }},
        {%- endfor %}
        coalesce(unclaimed.orphan_payout, 0) as orphan_payout,
        case when played.bets is null then 0 else played.handle_base end as handle_base,
        case when played.bets is null then 0 else played.ggr_base end as ggr_base,
        case when costed.bonus_cost is null then 0 else costed.cost_base end as cost_base
    from days
    left join played using ({{ day }})
    left join costed using ({{ day }})
    left join unclaimed using ({{ day }})
    left join tipped using ({{ day }})

),

revenue as (

    select

        ---------- grain
        gaming_day,
        cast(brand as string) as brand,
        cast(jurisdiction as string) as jurisdiction,
        cast(currency as string) as currency,

        ---------- play
        cast(handle as decimal(38, 8)) as handle,
        cast(payout as decimal(38, 8)) as payout,
        cast(ggr as decimal(38, 8)) as ggr,
        cast(hold as double) as hold,
        cast(jackpot_payout as decimal(38, 8)) as jackpot_payout,
        cast(open_stakes as decimal(38, 8)) as open_stakes,
        cast(orphan_payout as decimal(38, 8)) as orphan_payout,
        cast(tips as decimal(38, 8)) as tips,
        cast(bets as bigint) as bets,
        cast(rounds as bigint) as rounds,
        cast(active_players as bigint) as active_players,

        ---------- from gross to net
        cast(jackpot_paid_by_network as decimal(38, 8)) as jackpot_paid_by_network,
        cast(bonus_cost as decimal(38, 8)) as bonus_cost,
        {%- for cost in costs %}
            cast({{ cost }} as decimal(38, 8)) as {{ cost }},
        {%- endfor %}
        {{ ngr('ggr', 'jackpot_paid_by_network', 'bonus_cost', costs) }} as ngr,

        ---------- in the reporting currency
        cast(handle_base as decimal(38, 4)) as handle_base,
        cast(ggr_base as decimal(38, 4)) as ggr_base,
        cast(ggr_base - cost_base as decimal(38, 4)) as ngr_base

    from joined

)

select * from revenue

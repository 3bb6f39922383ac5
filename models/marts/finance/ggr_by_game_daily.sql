{% set key = 'gaming_day, game_id, currency' %}
{% set costs = ['jackpot_contribution', 'provider_fee', 'platform_fee', 'gaming_duty'] %}
with

bets as (

    select * from {{ ref('fct_bets') }}

),

lines as (

    select * from {{ ref('int_bets__cost_lines') }} where clock = 'both' and game_id is not null

),

games as (

    select * from {{ ref('dim_games') }}

),

played as (

    select
        {{ key }},
        min(provider_id) as first_provider_id,
        max(provider_id) as last_provider_id,
        {{ handle() }} as handle,
        {{ payout() }} as payout,
        {{ ggr() }} as ggr,
        {{ counted_bets() }} as bets,
        {{ hold() }} as hold,
        sum(case when is_settled then bonus_stake_amount - bonus_payout_amount else 0 end) as bonus_net,
        sum(network_payout_amount) as network_payout,
        {{ sum_known('case when is_counted then handle_base else 0 end') }} as handle_base,
        {{ sum_known('case when is_counted then ggr_base else 0 end') }} as ggr_base
    from bets
    group by {{ key }}

),

-- Only what a game itself causes; nothing else is spread over games.
costed as (

    select
        {{ key }},
        {%- for cost in costs %}
            cast(sum(case when line = '{{ cost }}' then amount else 0 end) as decimal(38, 8)) as {{ cost }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from lines
    where line in ({{ "'" ~ costs | join("', '") ~ "'" }})
    group by {{ key }}

),

joined as (

    select
        {{ key }},
        case when played.first_provider_id = played.last_provider_id then played.first_provider_id end as provider_id,
        played.hold,
        {%- for column in ['handle', 'payout', 'ggr', 'bets', 'bonus_net', 'network_payout'] %}
            coalesce(played.{{ column }}, 0) as {{ column }},
        {%- endfor %}
        {%- for cost in costs %}
            coalesce(costed.{{ cost }}, 0) as {{ cost }},
        {%- endfor %}
        case when played.bets is null then 0 else played.handle_base end as handle_base,
        case when played.bets is null then 0 else played.ggr_base end as ggr_base
    from played
    full outer join costed using ({{ key }})

),

game_days as (

    select

        ---------- grain
        joined.gaming_day,
        cast(joined.game_id as string) as game_id,
        cast(joined.currency as string) as currency,

        ---------- the game
        cast(coalesce(joined.provider_id, games.provider_id, 'unknown') as string) as provider_id,
        cast(games.name as string) as game_name,
        cast(games.kind as string) as kind,

        ---------- play
        cast(joined.handle as decimal(38, 8)) as handle,
        cast(joined.payout as decimal(38, 8)) as payout,
        cast(joined.ggr as decimal(38, 8)) as ggr,
        cast(joined.bets as bigint) as bets,
        cast(joined.hold as double) as hold,

        ---------- what the game leaves
        cast(joined.bonus_net as decimal(38, 8)) as bonus_net,
        cast(
            joined.ggr + joined.network_payout
            {%- for cost in costs %}
                - joined.{{ cost }}
            {%- endfor %}
            as decimal(38, 8)
        ) as game_margin,

        ---------- in the reporting currency
        cast(joined.handle_base as decimal(38, 4)) as handle_base,
        cast(joined.ggr_base as decimal(38, 4)) as ggr_base

    from joined

    left join games on joined.game_id = games.game_id

)

select * from game_days

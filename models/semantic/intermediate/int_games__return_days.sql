{{ config(materialized='table') }}
{% set cell = 'gaming_day, game_id, provider_id, table_id, rtp_variant, segment, is_testable' %}

with

bets as (

    select * from {{ ref('fct_bets') }} where is_settled and handle_amount > 0

),

games as (

    select * from {{ ref('dim_games') }}

),

players as (

    select * from {{ ref('dim_players') }}

),

-- Bets of one round may be settled in one sum, and a share of a sum does not say which bet won the large prize.
shared_rounds as (

    select
        brand,
        player_id,
        issuer_id,
        round_id,
        count(*) as bets_of_round
    from bets
    group by brand, player_id, issuer_id, round_id
    having count(*) > 1

),

returned as (

    select
        bets.gaming_day,
        bets.game_id,
        coalesce(bets.provider_id, games.provider_id, 'unknown') as provider_id,
        coalesce(bets.table_id, 'none') as table_id,
        coalesce(bets.rtp_variant, 'default') as rtp_variant,
        bets.handle_base,
        bets.payout_base,
        bets.rtp_theoretical,
        games.tail_cap,
        coalesce({{ to_base('bets.jackpot_payout_amount', 'bets.fx_rate_to_base') }}, 0) as jackpot_base,
        cast(
            {{ ratio('bets.payout_amount - bets.jackpot_payout_amount', 'bets.handle_amount') }} as decimal(38, 8)
        ) as multiple,

        -- The first week of a player is when it is decided whether there will be a second.
        case when bets.gaming_day < players.first_day + 7 then 'new' else 'returning' end as segment,

        -- Another build of the game has other mathematics. What is said to three places may differ by half of one.
        -- A whole month in one line is no bet that could be tested, and the cube of it too long to be added up.
        coalesce(abs(coalesce(bets.rtp_snapshot, games.rtp) - games.rtp) <= 0.0005, false)
        and coalesce(bets.handle_base, 0) < 1000000000
        and (games.tail_cap is null or shared_rounds.bets_of_round is null) as is_testable,

        -- Without a rate, or with a payout that could not be counted, the return is unknown. Sums outlive absurd lines.
        coalesce(bets.handle_base, 0) > 0
        and bets.handle_base < 1000000000000
        and not bets.has_currency_mismatch
        and bets.payout_amount < 1000000 * bets.handle_amount as is_measured

    from bets

    left join games using (game_id)

    left join players using (brand, player_id)

    left join shared_rounds using (brand, player_id, issuer_id, round_id)

),

weighed as (

    select
        *,
        cast(handle_base as double) as stake,
        cast(multiple as double) as won,
        multiple >= coalesce(tail_cap, 1000000) as is_tail
    from returned
    where is_measured

),

-- Each bet is rounded before it is added up: sums of decimals do not depend on the order of the rows.
measured as (

    select
        {{ cell }},
        count(*) as bets,
        count(case when rtp_theoretical is null then 1 end) as unstated_bets,
        count(case when is_tail then 1 end) as tail_bets,
        sum(handle_base) as handle,
        sum(payout_base) as payout,
        sum(jackpot_base) as jackpot_payout,
        sum(case when is_tail then 0 else payout_base - jackpot_base end) as body_payout,
        sum(case when is_tail then 0 else multiple end) as body_multiples,
        sum(cast(stake * cast(rtp_theoretical as double) as decimal(38, 8))) as expected_payout,
        sum(cast(stake * stake as decimal(38, 8))) as squared_stakes,
        sum(cast(case when is_testable then stake * stake * stake else 0 end as decimal(38, 8))) as cubed_stakes,
        sum(cast(stake * won * won as decimal(38, 8))) as squared_returns
    from weighed
    group by {{ cell }}

),

left_out as (

    select
        {{ cell }},
        count(*) as left_out_bets
    from returned
    where not is_measured
    group by {{ cell }}

),

return_days as (

    select

        ---------- grain
        {{ cell }},

        ---------- counts
        cast(coalesce(measured.bets, 0) as bigint) as bets,
        cast(coalesce(left_out.left_out_bets, 0) as bigint) as left_out_bets,
        cast(coalesce(measured.unstated_bets, 0) as bigint) as unstated_bets,
        cast(coalesce(measured.tail_bets, 0) as bigint) as tail_bets,

        ---------- money in the reporting currency
        cast(coalesce(measured.handle, 0) as decimal(38, 4)) as handle,
        cast(coalesce(measured.payout, 0) as decimal(38, 4)) as payout,
        cast(coalesce(measured.jackpot_payout, 0) as decimal(38, 4)) as jackpot_payout,
        cast(coalesce(measured.body_payout, 0) as decimal(38, 4)) as body_payout,
        cast(coalesce(measured.expected_payout, 0) as decimal(38, 8)) as expected_payout,

        ---------- sums of the test
        cast(coalesce(measured.body_multiples, 0) as decimal(38, 8)) as body_multiples,
        cast(coalesce(measured.squared_stakes, 0) as decimal(38, 8)) as squared_stakes,
        cast(coalesce(measured.cubed_stakes, 0) as decimal(38, 8)) as cubed_stakes,
        cast(coalesce(measured.squared_returns, 0) as decimal(38, 8)) as squared_returns

    from measured

    full outer join left_out using ({{ cell }})

)

select * from return_days

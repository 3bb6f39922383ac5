-- Every paid bet that is settled and counts is in rtp_daily once, measured or left out, with its money.
with

facts as (

    select
        game_id,
        count(*) as bets,
        sum(case when not has_currency_mismatch then handle_base else 0 end) as handle
    from {{ ref('fct_bets') }}
    where is_settled and handle_amount > 0
    group by game_id

),

marts as (

    select
        game_id,
        sum(bets + left_out_bets) as bets,
        sum(left_out_bets) as left_out_bets,
        sum(handle) as handle
    from {{ ref('rtp_daily') }}
    group by game_id

)

select
    game_id,
    facts.bets as bets_of_facts,
    marts.bets as bets_of_mart,
    facts.handle as handle_of_facts,
    marts.handle as handle_of_mart
from facts
full outer join marts using (game_id)
where
    coalesce(facts.bets, 0) <> coalesce(marts.bets, 0)
    or (coalesce(facts.handle, 0) <> coalesce(marts.handle, 0) and coalesce(marts.left_out_bets, 0) = 0)
    or coalesce(facts.handle, 0) < coalesce(marts.handle, 0)

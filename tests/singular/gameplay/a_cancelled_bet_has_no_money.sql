-- A bet that was rejected, voided, rolled back or refunded in full adds nothing to any sum, whenever the reversal came.
select
    brand,
    player_id,
    round_id,
    bet_id,
    status
from {{ ref('fct_bets') }}
where
    (not is_counted or status in ('rejected', 'voided', 'refunded', 'rolled_back'))
    and (
        is_counted
        or handle_amount <> 0
        or payout_amount <> 0
        or ggr_amount <> 0
        or open_stake_amount <> 0
    )

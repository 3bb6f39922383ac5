-- Net gaming revenue by cash, by total and by ledger is one figure, to the cent, wherever the wallet feed is complete.
-- Complete means that every round, payment and bonus of the day matches its movements one by one, so a difference that
-- is left is not one of the data: it is an error in how the three sums are worked out.
select
    gaming_day,
    currency,
    cash_ngr,
    total_ngr,
    ledger_ngr
from {{ ref('cash_reconciliation') }}
where
    has_wallet_feed
    and (cash_minus_total <> 0 or cash_minus_ledger <> 0)

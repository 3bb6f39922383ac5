-- Deposits, and withdrawals that were paid and did not come back, of the mart are those of the facts, by currency.
with

facts as (

    select
        currency,
        amount as deposit_amount,
        0 as withdrawal_amount
    from {{ ref('fct_deposits') }}

    union all

    select
        currency,
        0 as deposit_amount,
        amount - returned_amount as withdrawal_amount
    from {{ ref('fct_withdrawals') }}

),

said as (

    select
        currency,
        sum(deposit_amount) as deposit_amount,
        sum(withdrawal_amount) as withdrawal_amount
    from facts
    group by currency

),

marts as (

    select
        currency,
        sum(deposit_amount) as deposit_amount,
        sum(withdrawal_amount) as withdrawal_amount
    from {{ ref('payments_daily') }}
    group by currency

)

select
    said.currency,
    said.deposit_amount,
    marts.deposit_amount as deposit_amount_of_mart,
    said.withdrawal_amount,
    marts.withdrawal_amount as withdrawal_amount_of_mart
from said
left join marts on coalesce(said.currency, 'unknown') = marts.currency
where
    said.deposit_amount <> coalesce(marts.deposit_amount, 0)
    or said.withdrawal_amount <> coalesce(marts.withdrawal_amount, 0)

{%- set columns = [
    'event_id', 'brand', 'player_id', 'jurisdiction', 'txn_id', 'amount', 'currency', 'wallet_type', 'balance_after', 'ref_type', 'ref_id',
    'reverses_txn_id', 'event_at', 'changed_seq'
] -%}

with

debits as (

    select * from {{ ref('stg_cashier__wallet_debits') }}

),

credits as (

    select * from {{ ref('stg_cashier__wallet_credits') }}

),

events as (

    select
        'debit' as direction,
        {{ columns | join(', ') }}
    from debits

    union all

    select
        'credit' as direction,
        {{ columns | join(', ') }}
    from credits

)

select * from events

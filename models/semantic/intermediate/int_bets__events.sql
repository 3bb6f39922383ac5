with

events as (

    select
        'placed' as kind,
        event_id,
        brand,
        player_id,
        round_id,
        bet_id,
        stake_currency as currency,
        stake_amount as amount,
        cast(null as bigint) as latency_ms,
        event_at,
        changed_seq
    from {{ ref('stg_gameplay__bets') }}

    union all

    select
        'accepted' as kind,
        event_id,
        brand,
        player_id,
        round_id,
        bet_id,
        cast(null as string) as currency,
        cast(null as decimal(28, 8)) as amount,
        latency_ms,
        event_at,
        changed_seq
    from {{ ref('stg_gameplay__bet_accepts') }}

    union all

    select
        'rejected' as kind,
        event_id,
        brand,
        player_id,
        round_id,
        bet_id,
        cast(null as string) as currency,
        cast(null as decimal(28, 8)) as amount,
        latency_ms,
        event_at,
        changed_seq
    from {{ ref('stg_gameplay__bet_rejects') }}

    union all

    select
        'voided' as kind,
        event_id,
        brand,
        player_id,
        round_id,
        bet_id,
        currency,
        amount,
        cast(null as bigint) as latency_ms,
        event_at,
        changed_seq
    from {{ ref('stg_gameplay__voids') }}

    union all

    select
        case when coalesce(partial, false) then 'partially_refunded' else 'refunded' end as kind,
        event_id,
        brand,
        player_id,
        round_id,
        bet_id,
        currency,
        amount,
        cast(null as bigint) as latency_ms,
        event_at,
        changed_seq
    from {{ ref('stg_gameplay__refunds') }}

    union all

    select
        'rolled_back' as kind,
        event_id,
        brand,
        player_id,
        round_id,
        bet_id,
        cast(null as string) as currency,
        cast(null as decimal(28, 8)) as amount,
        cast(null as bigint) as latency_ms,
        event_at,
        changed_seq
    from {{ ref('stg_gameplay__rollbacks') }}

    union all

    select
        'settled' as kind,
        event_id,
        brand,
        player_id,
        round_id,
        bet_id,
        payout_currency as currency,
        payout_amount as amount,
        settle_latency_ms as latency_ms,
        event_at,
        changed_seq
    from {{ ref('stg_gameplay__settlements') }}

)

select * from events

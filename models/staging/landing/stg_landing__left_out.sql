with

landed as (

    select * from {{ source('landing', 'left_out') }}

),

listed as (

    select
        event,
        event_id,
        brand,
        player_id,
        session_id,
        jurisdiction,
        round_id,
        bet_id,
        deposit_id,
        withdrawal_id,
        bonus_id,
        txn_id,
        ts,
        event_day,
        changed_seq
    from landed

)

select * from listed

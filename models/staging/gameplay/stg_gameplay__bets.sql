with

landed as (

    select * from {{ source('gameplay', 'bet_place') }}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{ envelope() }},

        ---------- ids
        round_id,
        game_id,
        coalesce(bet_id, round_id) as bet_id,
        txn_id,
        provider_id,
        table_id,

        ---------- strings
        stake_currency,
        wallet_type,
        paytable,
        market,
        rtp_variant,
        device_os,
        device_app,
        geo_country,
        ab_exp,
        ab_var,

        ---------- money
        stake_amount,
        wallet_balance_before,

        ---------- booleans
        bet_id is not null as has_bet_id,
        coalesce(is_free_spin, false) as is_free_spin,

        ---------- lists
        components

    from landed

)

select * from renamed

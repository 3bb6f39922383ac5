with

landed as (

    select * from {{ source('gameplay', 'bet_place') }}
    where not is_conflict and not is_test

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
        coalesce(wallet_type, 'cash') as wallet_type,
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
        coalesce(
            {{ component_amount('components', 'bonus') }},
            case when coalesce(wallet_type, 'cash') = 'bonus' then stake_amount else 0 end
        ) as bonus_stake_amount,

        ---------- booleans
        coalesce(is_free_spin, false) as is_free_spin,

        ---------- lists
        components

    from landed

)

select * from renamed

with

landed as (

    select * from {{ ref('stg_landing__events') }} where player_id is not null and not is_test and not is_conflict

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

-- The newest instant that the warehouse knows of: what holds "now" must not depend on the day on which somebody builds.
clock as (

    select max(ts) as now_at from landed

),

by_jurisdiction as (

    select
        brand,
        player_id,
        jurisdiction,
        min(ts) as first_at,
        min(case when actor = 'player' then ts end) as first_act_at,
        max(case when actor = 'player' then ts end) as last_act_at
    from landed
    group by
        brand,
        player_id,
        jurisdiction

),

-- Within one jurisdiction the earliest instant has the earliest gaming day: one row a jurisdiction has to be converted.
placed as (

    select
        by_jurisdiction.*,
        {{ gaming_day('by_jurisdiction.first_act_at', 'jurisdictions') }} as first_act_day,
        row_number() over (
            partition by by_jurisdiction.brand, by_jurisdiction.player_id
            order by
                case when by_jurisdiction.jurisdiction = 'XX' then 1 else 0 end,
                by_jurisdiction.first_at,
                by_jurisdiction.jurisdiction
        ) as jurisdiction_no
    from by_jurisdiction
    left join jurisdictions on by_jurisdiction.jurisdiction = jurisdictions.jurisdiction

),

people as (

    select
        brand,
        player_id,
        max(case when jurisdiction_no = 1 then jurisdiction end) as jurisdiction,
        min(first_act_day) as first_event_day,
        max(last_act_at) as last_seen_at
    from placed
    group by
        brand,
        player_id

),

registrations as (

    select * from {{ ref('int_players__registrations') }}

),

standings as (

    select * from {{ ref('int_players__standings') }}

),

first_deposits as (

    select
        brand,
        player_id,
        succeeded_at as first_deposit_at,
        currency
    from {{ ref('fct_deposits') }}
    where is_first_deposit

),

numbered_bets as (

    select
        brand,
        player_id,
        placed_at as first_bet_at,
        currency,
        row_number() over (partition by brand, player_id order by placed_at, round_id, bet_id) as bet_no
    from {{ ref('fct_bets') }}
    where is_counted

),

players as (

    select

        ---------- ids
        people.brand,
        people.player_id,
        registrations.affiliate_id,

        ---------- strings
        coalesce(registrations.jurisdiction, people.jurisdiction) as jurisdiction,
        registrations.country,
        registrations.channel,
        registrations.age_band,
        case
            when numbered_bets.first_bet_at < first_deposits.first_deposit_at then numbered_bets.currency
            else coalesce(first_deposits.currency, numbered_bets.currency)
        end as currency,
        coalesce(standings.kyc_status, 'none') as kyc_status,

        ---------- booleans
        coalesce(standings.self_excluded_until > clock.now_at, false) as is_self_excluded,
        coalesce(standings.cool_off_until > clock.now_at, false) as is_cooling_off,
        standings.has_marketing_consent,
        standings.has_profiling_consent,

        ---------- times
        registrations.registered_at,
        people.first_event_day,
        first_deposits.first_deposit_at,
        numbered_bets.first_bet_at,
        standings.kyc_at,
        standings.self_excluded_until,
        standings.cool_off_until,
        people.last_seen_at

    from people

    cross join clock

    left join registrations on people.brand = registrations.brand and people.player_id = registrations.player_id

    left join standings on people.brand = standings.brand and people.player_id = standings.player_id

    left join first_deposits on people.brand = first_deposits.brand and people.player_id = first_deposits.player_id

    left join numbered_bets
        on
            people.brand = numbered_bets.brand
            and people.player_id = numbered_bets.player_id
            and numbered_bets.bet_no = 1

)

select * from players

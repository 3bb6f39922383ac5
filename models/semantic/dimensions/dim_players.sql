with

people as (

    select * from {{ ref('int_players__people') }}

),

clock as (

    select * from {{ ref('int_clock__now') }}

),

clock_days as (

    select * from {{ ref('int_clock__days') }}

),

registrations as (

    select * from {{ ref('int_players__registrations') }}

),

acquisition as (

    select * from {{ ref('int_players__acquisition') }}

),

standings as (

    select * from {{ ref('int_players__standings') }}

),

first_deposits as (

    select
        brand,
        player_id,
        succeeded_at as first_deposit_at,
        gaming_day as first_deposit_day,
        currency
    from {{ ref('fct_deposits') }}
    where is_first_deposit

),

-- Player's days first, then the earliest of them: numbering every bet would sort all of them to keep one in a thousand.
bet_days as (

    select
        brand,
        player_id,
        gaming_day,
        currency,
        min(placed_at) as first_bet_at
    from {{ ref('fct_bets') }}
    where is_counted
    group by
        brand,
        player_id,
        gaming_day,
        currency

),

numbered_bets as (

    select
        *,
        row_number() over (partition by brand, player_id order by first_bet_at, gaming_day, currency) as bet_no
    from bet_days

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

        ---------- acquisition
        coalesce(acquisition.channel, 'unknown') as acquisition_channel,
        acquisition.campaign_id as acquisition_campaign_id,
        coalesce(
            acquisition.country,
            substr(coalesce(registrations.jurisdiction, people.jurisdiction), 1, 2)
        ) as acquisition_country,
        coalesce(acquisition.segment, 'all') as acquisition_segment,

        ---------- booleans
        coalesce(standings.self_excluded_until > clock.now_at, false) as is_self_excluded,
        coalesce(standings.cool_off_until > clock.now_at, false) as is_cooling_off,
        standings.has_marketing_consent,
        standings.has_profiling_consent,

        ---------- days
        registrations.registration_day,
        people.first_event_day,
        coalesce(registrations.registration_day, people.first_event_day) as first_day,
        first_deposits.first_deposit_day,
        numbered_bets.gaming_day as first_bet_day,
        clock_days.latest_gaming_day,

        ---------- times
        registrations.registered_at,
        first_deposits.first_deposit_at,
        numbered_bets.first_bet_at,
        standings.kyc_at,
        standings.self_excluded_until,
        standings.cool_off_until,
        people.last_seen_at

    from people

    cross join clock

    left join registrations on people.brand = registrations.brand and people.player_id = registrations.player_id

    left join acquisition on people.brand = acquisition.brand and people.player_id = acquisition.player_id

    left join standings on people.brand = standings.brand and people.player_id = standings.player_id

    left join first_deposits on people.brand = first_deposits.brand and people.player_id = first_deposits.player_id

    left join numbered_bets
        on
            people.brand = numbered_bets.brand
            and people.player_id = numbered_bets.player_id
            and numbered_bets.bet_no = 1

    left join clock_days on coalesce(registrations.jurisdiction, people.jurisdiction) = clock_days.jurisdiction

)

select * from players

with

bets as (

    select * from {{ ref('fct_bets') }}

),

deposits as (

    select * from {{ ref('fct_deposits') }}

),

withdrawals as (

    select * from {{ ref('fct_withdrawals') }}

),

movements as (

    select * from {{ ref('fct_wallet_movements') }}

),

bonuses as (

    select * from {{ ref('int_bonuses__costs') }}

),

registrations as (

    select * from {{ ref('int_players__registrations') }} where affiliate_id is not null

),

round_events as (

    select * from {{ ref('int_bets__events') }} where note = 'provider_mismatch'

),

policies as (

    select * from {{ ref('int_revenue__policies') }} where is_fallback

),

deals as (

    select distinct
        affiliate_id,
        brand
    from {{ ref('affiliate_deals') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

games as (

    select distinct game_id from {{ ref('games') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

-- Whatever has an amount, by what it names. Movements are never converted, so no rate is missing there.
seen as (

    select
        'bets' as relation,
        currency,
        game_id,
        jurisdiction,
        cast(placed_at as date) as day,
        fx_rate_to_base is not null as is_rated
    from bets

    union all

    select
        'deposits' as relation,
        currency,
        cast(null as string) as game_id,
        jurisdiction,
        cast(coalesce(succeeded_at, declined_at, requested_at, charged_back_at) as date) as day,
        coalesce(amount, 0) = 0 or amount_base is not null as is_rated
    from deposits

    union all

    select
        'withdrawals' as relation,
        currency,
        cast(null as string) as game_id,
        jurisdiction,
        cast(coalesce(paid_at, approved_at, declined_at, cancelled_at, requested_at) as date) as day,
        coalesce(amount, 0) = 0 or amount_base is not null as is_rated
    from withdrawals

    union all

    select
        'movements' as relation,
        currency,
        cast(null as string) as game_id,
        jurisdiction,
        cast(moved_at as date) as day,
        true as is_rated
    from movements

    union all

    select
        'bonuses' as relation,
        currency,
        cast(null as string) as game_id,
        jurisdiction,
        cast(happened_at as date) as day,
        coalesce(amount, 0) = 0 or amount_base is not null as is_rated
    from bonuses

),

-- A few rows a day, so that what follows costs nothing.
counted as (

    select
        relation,
        currency,
        game_id,
        jurisdiction,
        day,
        is_rated,
        count(*) as events
    from seen
    group by relation, currency, game_id, jurisdiction, day, is_rated

),

unknown as (

    select
        'currency_rate' as kind,
        currency as name,
        relation,
        day,
        events
    from counted
    where not is_rated

    union all

    select
        'currency' as kind,
        currency as name,
        relation,
        day,
        events
    from counted
    where currency not in (select currencies.currency from currencies)

    union all

    select
        'game' as kind,
        game_id as name,
        relation,
        day,
        events
    from counted
    where game_id not in (select games.game_id from games)

    union all

    select
        'jurisdiction' as kind,
        jurisdiction as name,
        relation,
        day,
        events
    from counted
    where jurisdiction not in (select jurisdictions.jurisdiction from jurisdictions)

    union all

    select
        'affiliate' as kind,
        registrations.affiliate_id as name,
        'registrations' as relation,
        cast(registrations.registered_at as date) as day,
        1 as events
    from registrations
    left join deals using (affiliate_id, brand)
    where deals.brand is null

    union all

    -- A rule of another jurisdiction is used for want of its own.
    select
        'policy' as kind,
        counted.jurisdiction as name,
        counted.relation,
        counted.day,
        counted.events
    from counted
    inner join policies
        on
            counted.jurisdiction = policies.jurisdiction
            and {{ holds_on('counted.day', 'policies') }}

    union all

    select
        'provider' as kind,
        named_provider_id || ' and ' || met_provider_id as name,
        'round_events' as relation,
        cast(event_at as date) as day,
        1 as events
    from round_events

),

names as (

    select
        kind,
        name,
        min(day) as first_day,
        max(day) as last_day,
        count(distinct day) as days,
        {%- for relation in relations_with_names() %}
            cast(sum(case when relation = '{{ relation }}' then events else 0 end) as bigint) as {{ relation }},
        {%- endfor %}
        cast(sum(events) as bigint) as events
    from unknown
    where name is not null
    group by kind, name

)

select * from names

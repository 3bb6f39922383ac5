{{ config(materialized='table') }}

{%- set steps = {
    'registration': 'registered_at',
    'kyc_verified': 'verified_at',
    'first_deposit': 'first_deposit_at',
    'first_bet': 'first_bet_at',
} -%}

with

touches as (

    select * from {{ ref('int_acquisition__touches') }}

),

accounts as (

    select * from {{ ref('int_acquisition__accounts') }}

),

orders as (

    select * from {{ ref('int_acquisition__orders') }}

),

touched as (

    select distinct
        brand,
        visitor_id
    from touches

),

-- Whom no advertisement brought enters at the registration: the places before it are passed there, and no row of the
-- mart shows them.
organic as (

    select
        accounts.*,
        orders.place
    from accounts
    inner join orders on accounts.order_of = orders.order_of
    left join touched
        on accounts.brand = touched.brand and {{ visiting_player('accounts.player_id') }} = touched.visitor_id
    where touched.visitor_id is null and orders.step in ('campaign_view', 'campaign_click')

),

account_steps as (

    {%- for step, happened_at in steps.items() %}
        select
            brand,
            player_id,
            order_of,
            '{{ step }}' as step,
            {{ happened_at }} as happened_at
        from accounts
        where {{ happened_at }} is not null
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

-- Verification and money are taken in either order: what was there already counts from the moment of the step
-- before it.
counted as (

    select
        account_steps.*,
        orders.place,
        max(account_steps.happened_at) over (
            partition by account_steps.brand, account_steps.player_id
            order by orders.place
            rows between unbounded preceding and current row
        ) as counted_at
    from account_steps
    inner join orders on account_steps.order_of = orders.order_of and account_steps.step = orders.step

),

moments as (

    select
        brand,
        visitor_id,
        cast(place as bigint) as place,
        happened_at,
        touch_id,
        channel,
        campaign_id,
        creative_id,
        jurisdiction,
        gaming_day,
        is_implied,
        false as is_organic
    from touches

    union all

    select
        brand,
        {{ visiting_player('player_id') }} as visitor_id,
        place,
        registered_at as happened_at,
        cast(null as string) as touch_id,
        'organic' as channel,
        'none' as campaign_id,
        'none' as creative_id,
        jurisdiction,
        registration_day as gaming_day,
        true as is_implied,
        true as is_organic
    from organic

    union all

    select
        brand,
        {{ visiting_player('player_id') }} as visitor_id,
        place,
        counted_at as happened_at,
        cast(null as string) as touch_id,
        cast(null as string) as channel,
        cast(null as string) as campaign_id,
        cast(null as string) as creative_id,
        cast(null as string) as jurisdiction,
        cast(null as date) as gaming_day,
        false as is_implied,
        false as is_organic
    from counted

)

select * from moments

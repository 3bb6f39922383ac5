with

pieces as (

    select * from {{ ref('int_bonuses__events') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

-- Of free rounds that stake nothing the bonus costs what was won, so its own grant is none.
free_spin_bonuses as (

    select * from {{ ref('int_bonuses__unstaked') }}

),

counted as (

    select
        pieces.*,
        case
            when pieces.is_conflict then 0
            when free_spin_bonuses.event_id is not null then free_spin_bonuses.counted_amount
            else pieces.amount
        end as counted_amount
    from pieces
    left join free_spin_bonuses
        on
            pieces.brand = free_spin_bonuses.brand
            and pieces.bonus_id = free_spin_bonuses.bonus_id
            and pieces.event_id = free_spin_bonuses.event_id
            and pieces.kind = free_spin_bonuses.kind

),

valued as (

    select
        counted.*,
        {{ rate_to_base('counted.currency', 'counted.fx_rate', 'counted.fx_base', 'rates.rate_to_base') }} as rate,
        {{ gaming_day('counted.event_at', 'jurisdictions') }} as gaming_day

    from counted

    left join jurisdictions on counted.jurisdiction = jurisdictions.jurisdiction

    left join rates
        on
            counted.currency = rates.currency
            and cast(counted.event_at as date) = rates.rate_day

),

costs as (

    select

        ---------- ids
        event_id,
        brand,
        player_id,
        bonus_id,

        ---------- strings
        jurisdiction,
        currency,
        kind,

        ---------- money
        cast(counted_amount as decimal(38, 8)) as amount,
        {{ to_base('counted_amount', 'rate') }} as amount_base,

        ---------- state
        copies,
        is_conflict,

        ---------- times
        event_at as happened_at,
        gaming_day

    from valued

)

select * from costs

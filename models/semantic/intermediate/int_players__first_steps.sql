with

players as (

    select * from {{ ref('dim_players') }}

),

withdrawals as (

    select * from {{ ref('fct_withdrawals') }} where is_paid_out and not is_conflict and player_id is not null

),

paid_out as (

    select
        brand,
        player_id,
        min(coalesce(paid_at, approved_at)) as first_withdrawal_at,
        min(gaming_day) as first_withdrawal_day
    from withdrawals
    group by brand, player_id

),

steps as (

    {% for step, moment, day in [
        ('registration', 'registered_at', 'registration_day'),
        ('deposit', 'first_deposit_at', 'first_deposit_day'),
        ('bet', 'first_bet_at', 'first_bet_day'),
        ('withdrawal', 'first_withdrawal_at', 'first_withdrawal_day'),
    ] %}
        select
            players.*,
            '{{ step }}' as step,
            {{ moment }} as happened_at,
            {{ day }} as gaming_day
        from players
        left join paid_out using (brand, player_id)
        where {{ moment }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- What came before the registration was seen has no time since it.
first_steps as (

    select

        ---------- grain
        brand,
        player_id,
        step,

        ---------- where from
        jurisdiction,

        ---------- durations
        case
            when happened_at >= registered_at
                then cast(floor({{ ms_between('registered_at', 'happened_at') }} / 1000) as bigint)
        end as seconds_since_registration,
        case
            when happened_at >= first_deposit_at
                then cast(floor({{ ms_between('first_deposit_at', 'happened_at') }} / 1000) as bigint)
        end as seconds_since_deposit,

        ---------- times
        happened_at,
        gaming_day,
        registration_day

    from steps

)

select * from first_steps

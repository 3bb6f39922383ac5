{%- set bet = 'brand, player_id, issuer_id, round_id, bet_id' -%}
{%- set columns = 'brand, player_id, game_id, jurisdiction, currency' -%}
with

contributions as (

    select * from {{ ref('int_bets__contributions') }}

),

-- On which days a bet began to count, or ceased to.
changes as (

    select
        {{ bet }},
        gaming_day,
        counted_bets
    from {{ ref('int_bets__bookings') }}
    where counted_bets != 0

),

changed_bets as (

    select distinct {{ bet }} from {{ ref('int_bets__bookings') }}

),

-- What was contributed after the day of the bet, or came and went with it later, moves to the day on which it did.
moves as (

    select
        contributions.*,
        changes.counted_bets as sign,
        greatest(changes.gaming_day, contributions.contributed_day) as moved_day
    from contributions
    inner join changes using ({{ bet }})

    union all

    select
        contributions.*,
        1 as sign,
        contributions.contributed_day as moved_day
    from contributions
    left join changed_bets using ({{ bet }})
    where
        changed_bets.bet_id is null
        and contributions.is_counted
        and contributions.contributed_day > contributions.bet_day

),

lines as (

    select
        'both' as clock,
        bet_day as gaming_day,
        {{ columns }},
        amount,
        {{ to_base('amount', 'fx_rate_to_base') }} as amount_base
    from contributions
    where is_counted

    {% for day, sign in [('moved_day', ''), ('bet_day', '-')] %}
        union all

        select
            'booked' as clock,
            {{ day }} as gaming_day,
            {{ columns }},
            {{ sign }}sign * amount as amount,
            {{ sign }}sign * {{ to_base('amount', 'fx_rate_to_base') }} as amount_base
        from moves
        where moved_day != bet_day
    {%- endfor %}

)

select * from lines

{%- set bet = 'brand, player_id, issuer_id, round_id, bet_id' -%}
{%- set columns = 'brand, player_id, game_id, jurisdiction, currency' -%}
with

contributions as (

    select
        *,
        {{ to_base('amount', 'fx_rate_to_base') }} as amount_base
    from {{ ref('int_bets__contributions') }}
    where is_counted

),

days as (

    select
        brand,
        player_id,
        issuer_id,
        round_id,
        as_of_day,
        lead(as_of_day) over (partition by brand, player_id, issuer_id, round_id order by as_of_day) as next_day
    from {{ ref('int_bets__days') }}

),

-- Of a round of several days: what counted by the end of one did so until the next. What stands in the end is moved
-- there from the day of its bet.
changes as (

    select
        contributions.*,
        contributions.as_of_day as moved_day,
        1 as sign
    from contributions
    where contributions.as_of_day != cast('9999-12-31' as date)

    union all

    select
        contributions.*,
        days.next_day as moved_day,
        -1 as sign
    from contributions
    inner join days using (brand, player_id, issuer_id, round_id, as_of_day)
    where days.next_day is not null

    union all

    select
        contributions.*,
        contributions.bet_day as moved_day,
        -1 as sign
    from contributions
    where contributions.is_latest and contributions.as_of_day != cast('9999-12-31' as date)

),

moves as (

    select
        moved_day as gaming_day,
        {{ columns }},
        cast(sum(sign * amount) as decimal(38, 8)) as amount,
        cast(sum(sign * amount_base) as decimal(38, 4)) as amount_base
    from changes
    group by moved_day, {{ bet }}, {{ columns }}, fx_rate_to_base
    having sum(sign * amount) != 0 or sum(sign * amount_base) != 0

),

lines as (

    select
        'both' as clock,
        bet_day as gaming_day,
        {{ columns }},
        amount,
        amount_base
    from contributions
    where is_latest

    union all

    select
        'booked' as clock,
        gaming_day,
        {{ columns }},
        amount,
        amount_base
    from moves

)

select * from lines

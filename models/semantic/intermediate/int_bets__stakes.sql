{{ config(materialized='ephemeral') }}
{%- set if_touched = where_touched(['brand', 'player_id', 'round_id'], 'int_bets__sent', 'int_bets__states') -%}
{%- set round = 'brand, player_id, issuer_id, round_id, as_of_day' -%}
{%- set bet = round ~ ', bet_id' -%}
{%- set kinds = ['rolled_back', 'voided', 'refunded'] -%}
with

placements as (

    select
        *,
        coalesce(txn_id, event_id) as stake_id
    from {{ ref('int_bets__placements') }} {{ if_touched }}

),

days as (

    select * from {{ ref('int_bets__days') }} {{ if_touched }}

),

reversals as (

    select * from {{ ref('int_bets__reversals') }} {{ if_touched }}

),

copies as (

    {{ by_day('placements', 'placed_at', 'days') }}

),

-- The same transaction on the same wallet is the same stake; with another amount nobody can say which of them it was.
compared as (

    select
        *,
        row_number() over (partition by {{ bet }}, stake_id, wallet_type order by placed_at, event_id) as copy_no,
        {{ differs_within('same_stake', ['amount', 'currency']) }} as is_conflict
    from copies
    window same_stake as (partition by {{ bet }}, stake_id, wallet_type)

),

stakes as (

    select
        *,
        row_number() over in_order as stake_no,
        first_value(currency) over in_order as bet_currency,
        first_value(placed_at) over in_order as first_placed_at
    from compared
    where copy_no = 1
    window in_order as (partition by {{ bet }} order by placed_at, event_id)

),

-- Without a transaction id a retry and a raise look alike: the same stake of the same bet within a minute is reported.
raised as (

    select {{ bet }} from stakes where stake_no = 2

),

neighbours as (

    select
        stakes.*,
        lag(stakes.placed_at) over (
            partition by {{ bet }}, stakes.amount, stakes.currency, stakes.wallet_type
            order by stakes.placed_at, stakes.event_id
        ) as previous_at
    from stakes
    inner join raised using ({{ bet }})
    where stakes.txn_id is null

),

repeats as (

    select
        {{ bet }},
        stake_no
    from neighbours
    where {{ ms_between('previous_at', 'placed_at') }} <= 60000

),

singly as (

    select
        {{ bet }},
        stake_id,
        min(case when kind = 'rejected' then event_at end) as rejected_at,
        min(case when kind != 'rejected' then event_at end) as rolled_back_at
    from reversals
    where reach = 'stake'
    group by {{ bet }}, stake_id

),

{% for scope, keys in [('bet', bet), ('round', round)] %}
    {{ scope }}_reversals as (

        select
            {{ keys }},
            {%- for kind in kinds %}
                min(case when kind = '{{ kind }}' then event_at end) as first_{{ kind }}_at,
                max(case when kind = '{{ kind }}' then event_at end) as last_{{ kind }}_at,
            {%- endfor %}
            max(event_at) as reversed_until
        from reversals
        where reach = 'whole' and bet_id is {{ 'not null' if scope == 'bet' else 'null' }}
        group by {{ keys }}

    ),

{% endfor %}
round_starts as (

    select
        {{ round }},
        min(stakes.placed_at) as round_placed_at
    from stakes
    inner join round_reversals using ({{ round }})
    group by {{ round }}

),

-- A reversal takes what was placed no later than itself. Where nothing was, it takes the first stake: that bet is born
-- cancelled.
reversed as (

    select
        stakes.*,
        repeats.stake_no is not null as is_possible_repeat,
        singly.rejected_at,
        {%- for kind in kinds %}
            least(
                {%- if kind == 'rolled_back' %}
                    singly.rolled_back_at,
                {%- endif %}
                {%- for scope, start in [
                    ('bet', 'stakes.first_placed_at'), ('round', 'round_starts.round_placed_at')
                ] %}
                    {%- set first = scope ~ '_reversals.first_' ~ kind ~ '_at' %}
                    {%- set last = scope ~ '_reversals.last_' ~ kind ~ '_at' %}
                    case
                        when {{ first }} < {{ start }} and stakes.stake_no = 1 then {{ first }}
                        when {{ first }} >= stakes.placed_at then {{ first }}
                        when {{ last }} >= stakes.placed_at then {{ last }}
                    end
                    {%- if not loop.last %},{% endif %}
                {%- endfor %}
            ) as {{ kind }}_at,
        {%- endfor %}
        greatest(bet_reversals.reversed_until, round_reversals.reversed_until) as reversed_until
    from stakes
    left join repeats using ({{ bet }}, stake_no)
    left join singly using ({{ bet }}, stake_id)
    left join bet_reversals using ({{ bet }})
    left join round_reversals using ({{ round }})
    left join round_starts using ({{ round }})

),

judged as (

    select

        ---------- ids
        {{ bet }},
        provider_id,
        session_id,
        trace_id,
        game_id,
        table_id,

        ---------- strings
        jurisdiction,
        currency,
        bet_currency,
        wallet_type,
        rtp_variant,

        ---------- money
        amount,
        bonus_amount,
        fx_rate_to_base,
        catalogue_rtp,

        ---------- numbers
        stake_no,
        changed_seq,

        ---------- booleans
        is_latest,
        is_free_spin,
        is_unstaked,
        is_bonus_stake,
        is_conflict,
        is_possible_repeat,
        has_bad_components,
        currency = bet_currency as is_comparable,

        ---------- times
        placed_at,
        gaming_day,
        rejected_at,
        rolled_back_at,
        voided_at,
        refunded_at,
        least(rejected_at, rolled_back_at, voided_at, refunded_at) as taken_at,
        reversed_until

    from reversed

)

select * from judged

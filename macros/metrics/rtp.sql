{#
    Is a game's return to player what its mathematics say? Everything here works on sums of int_games__return_days, so that any set of
    days, tables and segments can be judged without reading a bet twice. docs/rtp.md explains the test and says how often it is wrong.
#}

{# A threshold of the seed `game_rules`. #}
{% macro game_rule(rule) -%}
    (select value from {{ ref('game_rules') }} where rule = '{{ rule }}')
{%- endmacro %}

{# The sums of int_games__return_days over a group of its rows, as aggregates; those of the test over bets whose prizes can be told apart. #}
{% macro rtp_sums() -%}
    {%- for count in ['bets', 'left_out_bets', 'unstated_bets'] %}
    cast(sum({{ count }}) as bigint) as {{ count }},
    {%- endfor %}
    {%- for amount in ['handle', 'payout', 'jackpot_payout'] %}
    cast(sum({{ amount }}) as decimal(38, 4)) as {{ amount }},
    {%- endfor %}
    {%- for total in ['expected_payout', 'squared_stakes', 'squared_returns'] %}
    cast(sum({{ total }}) as decimal(38, 8)) as {{ total }},
    {%- endfor %}
    {%- for count in ['bets', 'tail_bets'] %}
    cast(sum(case when is_testable then {{ count }} else 0 end) as bigint) as tested_{{ count }},
    {%- endfor %}
    {%- for total in ['handle', 'squared_stakes', 'cubed_stakes', 'body_payout', 'body_multiples'] %}
    cast(sum(case when is_testable then {{ total }} else 0 end) as decimal(38, 8)) as tested_{{ total }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#
    A standardised sum of skewed returns as the normal variable of the same probability: the sum is taken for a shifted gamma variable
    of the same mean, variance and skewness, and that one through the Wilson-Hilferty cube root (Proc. Nat. Acad. Sci. 17, 1931).
#}
{% macro without_skew(z, skewness) -%}
    case
        when abs({{ skewness }}) < 0.0001 then {{ z }}
        else
            6 / {{ skewness }} * (power(greatest({{ skewness }} * {{ z }} / 2 + 1, 0), 1 / 3e0) - 1)
            + {{ skewness }} / 6
    end
{%- endmacro %}

{#
    From sums to a verdict: CTEs that lead from `sums` (rtp_sums and the columns of dim_games, one row per thing that is judged) to
    `judged`, with rtp, standard_error, z, body_z, tail_p, p_value, p_adjusted, state and what they are made of.

    Three tests share a row: the body weighted by stakes, the body with every bet alike, the number of tail prizes. Its p_value is the
    smallest times their number. Rows of one `family` (column names, or none for all rows) are judged together, after Benjamini and
    Hochberg (J. R. Stat. Soc. B 57, 1995). Only rows with the certified mathematics of the game can alert.
#}
{% macro rtp_judged(sums, family=[]) -%}
{%- set within = 'partition by ' ~ (['math_source'] + family) | join(', ') -%}
returned as (

    select
        *,
        {{ ratio('payout', 'handle') }} as rtp,
        {{ ratio('payout - jackpot_payout', 'handle') }} as base_rtp,
        case when unstated_bets = 0 then {{ ratio('expected_payout', 'handle') }} end as rtp_theoretical,
        {{ ratio('cast(handle as double) * cast(handle as double)', 'squared_stakes') }} as n_eff,
        sqrt(cast(squared_stakes as double)) as root_of_squares,
        sqrt(cast(tested_squared_stakes as double)) as tested_root_of_squares,
        sqrt(cast(tested_bets as double)) as tested_root_of_bets,
        tail_probability * tested_bets as tail_expected
    from {{ sums }}

),

varied as (

    select
        *,
        {{ rtp_volatility() }} as volatility
    from returned

),

standardised as (

    select
        *,
        case
            when rtp_theoretical is null then 'none'
            when tested_bets > 0 then 'certified'
            when sigma is not null then 'uncertified'
            when volatility > 0 then 'measured'
            else 'none'
        end as math_source,
        coalesce(sigma, volatility) * {{ ratio('root_of_squares', 'handle') }} as standard_error,
        {{ ratio('tested_body_payout - body_rtp * tested_handle', 'body_sigma * tested_root_of_squares') }} as body_z,
        {{ ratio('tested_body_multiples - body_rtp * tested_bets', 'body_sigma * tested_root_of_bets') }} as body_bets_z,
        body_skewness * {{ ratio('tested_cubed_stakes', 'power(tested_root_of_squares, 3)') }} as stakes_skewness,
        body_skewness * {{ ratio('1', 'tested_root_of_bets') }} as bets_skewness
    from varied

),

compared as (

    select
        *,
        {{ ratio('base_rtp - rtp_theoretical', 'standard_error') }} as z,
        {{ without_skew('body_z', 'stakes_skewness') }} as body_normal,
        {{ without_skew('body_bets_z', 'bets_skewness') }} as body_bets_normal,
        abs(stakes_skewness) <= {{ game_rule('rtp_max_skewness') }} as has_stakes_test,
        case when tail_cap is not null and tested_bets > 0 then {{ poisson_two_sided('tested_tail_bets', 'tail_expected') }} end as tail_p,
        case
            when math_source = 'certified'
                then tested_bets >= {{ game_rule('rtp_min_bets') }} and abs(bets_skewness) <= {{ game_rule('rtp_max_skewness') }}
            when math_source = 'none' then false
            else least(bets, n_eff) >= {{ game_rule('rtp_min_bets') }}
        end as has_enough_play
    from standardised

),

tested as (

    select
        *,
        {{ two_sided_p('z') }} as z_p,
        {{ two_sided_p('body_normal') }} as body_p,
        {{ two_sided_p('body_bets_normal') }} as body_bets_p
    from compared

),

combined as (

    select
        *,
        case
            when not has_enough_play then null
            when math_source <> 'certified' then z_p
            else least(
                (1 + case when has_stakes_test then 1 else 0 end + case when tail_p is not null then 1 else 0 end)
                * least(body_bets_p, case when has_stakes_test then body_p else 1 end, coalesce(tail_p, 1)),
                1e0
            )
        end as p_value
    from tested

),

ranked as (

    select
        *,
        count(p_value) over ({{ within }}) as judged_rows,
        row_number() over ({{ within }} order by coalesce(p_value, 2), game_id) as p_rank
    from combined

),

adjusted as (

    select
        *,
        case
            when p_value is not null
                then least(1e0, min(p_value * judged_rows / p_rank) over (
                    {{ within }}
                    order by coalesce(p_value, 2) desc, p_rank desc
                    rows between unbounded preceding and current row
                ))
        end as p_adjusted
    from ranked

),

judged as (

    select
        *,
        case
            when bets = 0 then 'not_enough_play'
            when math_source = 'none' then 'unknown_math'
            when p_value is null then 'not_enough_play'
            when p_adjusted < {{ game_rule('rtp_alert_level') }} and math_source = 'certified' then 'alert'
            when p_adjusted < {{ game_rule('rtp_watch_level') }} then 'watch'
            else 'ok'
        end as state
    from adjusted

)
{%- endmacro %}

{# Standard deviation of the return of one unit of stake, as the bets had it, each by its stake; of sums with base_rtp, jackpots left out. #}
{% macro rtp_volatility() -%}
    sqrt(greatest({{ ratio('squared_returns', 'handle') }} - base_rtp * base_rtp, 0e0))
{%- endmacro %}

{# The mathematics of dim_games that the tests need, as doubles. #}
{% macro rtp_math() -%}
    {%- for figure in ['sigma', 'body_rtp', 'body_sigma', 'body_skewness', 'tail_probability', 'tail_cap'] %}
    cast(games.{{ figure }} as double) as {{ figure }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#
    The rows of a relation with a gaming_day, once for each window that they lie in: so many days up to the last complete one, which is
    the day before D over all players. As long as nothing is older than D there is no complete one, and the windows end on it.
#}
{% macro in_windows(relation, lengths=[1, 7, 30]) -%}
    select
        given.*,
        windows.window_days,
        windows.as_of_day
    from {{ relation }} as given
    inner join (
        {%- for days in lengths %}
        select
            {{ days }} as window_days,
            case
                when (select min(gaming_day) from {{ relation }}) < {{ latest_gaming_day() }} then {{ latest_gaming_day() }} - 1
                else {{ latest_gaming_day() }}
            end as as_of_day
            {{- ' union all' if not loop.last }}
        {%- endfor %}
    ) as windows
        on given.gaming_day <= windows.as_of_day and given.gaming_day > windows.as_of_day - windows.window_days
{%- endmacro %}

{# The columns that rtp_daily and rtp_windows share, with their types. #}
{% macro rtp_columns() -%}
        ---------- play
        cast(bets as bigint) as bets,
        cast(left_out_bets as bigint) as left_out_bets,
        cast(n_eff as double) as n_eff,

        ---------- money in the reporting currency
        cast(handle as decimal(38, 4)) as handle,
        cast(payout as decimal(38, 4)) as payout,
        cast(jackpot_payout as decimal(38, 4)) as jackpot_payout,

        ---------- return
        cast(rtp as double) as rtp,
        cast(base_rtp as double) as base_rtp,
        cast(rtp_theoretical as double) as rtp_theoretical,
        cast(volatility as double) as volatility,
        cast(math_source as string) as math_source,

        ---------- tests
        cast(standard_error as double) as standard_error,
        cast(z as double) as z,
        cast(body_z as double) as body_z,
        cast(body_bets_z as double) as body_bets_z,
        cast(case when tail_p is not null then tested_tail_bets end as bigint) as tail_bets,
        cast(case when tail_p is not null then tail_expected end as double) as tail_expected,
        cast(tail_p as double) as tail_p,
        cast(p_value as double) as p_value,
        cast(p_adjusted as double) as p_adjusted,
        cast(state as string) as state
{%- endmacro %}

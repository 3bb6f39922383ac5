with

exposures as (

    select * from {{ ref('fct_exposures') }}

),

weights as (

    select * from {{ ref('experiments') }}

),

arms as (

    select
        experiment,
        variant,
        count(case when not is_contaminated then 1 end) as players
    from exposures
    group by experiment, variant

),

experiments as (

    select
        experiment,
        count(case when is_contaminated then 1 end) as contaminated_players
    from exposures
    group by experiment

),

configured as (

    select weights.*
    from weights
    inner join experiments on weights.experiment = experiments.experiment

),

-- A configured variant that nobody met is an arm too, without players; one that was not configured should have none.
listed as (

    select
        coalesce(arms.experiment, configured.experiment) as experiment,
        coalesce(arms.variant, configured.variant) as variant,
        coalesce(arms.players, 0) as players,
        configured.weight,
        coalesce(configured.is_control, false) as is_marked,
        max(configured.weight) over (partition by coalesce(arms.experiment, configured.experiment)) is not null
            as is_configured
    from arms
    full outer join configured
        on
            arms.experiment = configured.experiment
            and arms.variant = configured.variant

),

weighted as (

    select
        experiment,
        variant,
        players,
        is_marked,
        case when is_configured then cast(coalesce(weight, 0) as double) else 1e0 end as own_weight
    from listed

),

shared as (

    select
        *,
        sum(players) over (partition by experiment) as all_players,
        sum(own_weight) over (partition by experiment) as all_weights
    from weighted

),

expected as (

    select
        *,
        all_players * {{ ratio('own_weight', 'all_weights') }} as expected_players
    from shared

),

-- With whom the others are compared: whom the seed marks, else whoever is called so, else the first by name.
named as (

    select
        *,
        case
            when is_marked then 1
            when variant = 'control' then 2
            else 3
        end as claim
    from expected

),

claimed as (

    select
        *,
        min(claim) over (partition by experiment) as best_claim,
        row_number() over (partition by experiment order by claim, variant) = 1 as is_control
    from named

),

-- Sample ratio mismatch: chi-square of the arms against what was configured. An arm that should be empty is as far off
-- as can be.
mismatch as (

    select
        experiment,
        sum(coalesce({{ ratio('(players - expected_players) * (players - expected_players)', 'expected_players') }}, 0))
            as chi_square,
        count(case when expected_players > 0 then 1 end) - 1 as degrees,
        max(case when expected_players = 0 and players > 0 then 1 else 0 end) = 1 as has_unexpected_arm
    from expected
    group by experiment

),

variants as (

    select

        ---------- grain
        claimed.experiment,
        claimed.variant,

        ---------- numbers
        claimed.players,
        claimed.expected_players,
        experiments.contaminated_players,

        ---------- booleans
        claimed.is_control,
        claimed.is_control and claimed.best_claim = 3 as is_assumed_control,

        ---------- sample ratio
        case
            when mismatch.has_unexpected_arm then 0e0
            else round({{ chi_square_tail('mismatch.chi_square', 'mismatch.degrees') }}, 10)
        end as srm_p

    from claimed
    inner join experiments on claimed.experiment = experiments.experiment
    inner join mismatch on claimed.experiment = mismatch.experiment

)

select * from variants

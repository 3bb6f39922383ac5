{%- set metric = 'experiment, metric' -%}
with

arms as (

    select * from {{ ref('int_experiments__arms') }}

),

variants as (

    select * from {{ ref('int_experiments__variants') }}

),

named as (

    select
        arms.*,
        variants.is_control,
        case when not variants.is_control then arms.metric end as compared_metric,
        variants.srm_p,
        variants.contaminated_players,
        {{ ratio('arms.adjusted_variance', 'arms.players') }} as error_variance,
        {{ ratio(
            'sum((arms.players - 1) * arms.adjusted_variance) over (partition by arms.experiment, arms.metric)',
            'sum((arms.players - 1) * arms.variance) over (partition by arms.experiment, arms.metric)'
        ) }} as cuped_variance_ratio
    from arms
    inner join variants on arms.experiment = variants.experiment and arms.variant = variants.variant

),

controls as (

    select
        {{ metric }},
        players as control_players,
        adjusted_mean as control_mean,
        error_variance as control_error_variance
    from named
    where is_control

),

compared as (

    select
        named.*,
        controls.control_mean,
        controls.control_error_variance,
        named.adjusted_mean - controls.control_mean as difference,
        sqrt(named.error_variance + controls.control_error_variance) as standard_error,
        {{ ratio('named.adjusted_mean', 'case when controls.control_mean > 0 then controls.control_mean end') }} - 1
            as lift,
        {{ ratio(
            '(named.error_variance + controls.control_error_variance)'
            ~ ' * (named.error_variance + controls.control_error_variance)',
            ratio('named.error_variance * named.error_variance', 'named.players - 1') ~ ' + '
            ~ ratio('controls.control_error_variance * controls.control_error_variance', 'controls.control_players - 1')
        ) }} as degrees
    from named
    left join controls
        on
            named.experiment = controls.experiment
            and named.compared_metric = controls.metric

),

-- Welch: without a spread in either arm there are no degrees of freedom, and then no test.
tested as (

    select
        *,
        {{ student_z(ratio('difference', 'standard_error'), 'degrees') }} as z,
        {{ student_two_sigma('degrees') }} as sigmas,
        {{ ratio('sqrt(error_variance + (1 + lift) * (1 + lift) * control_error_variance)', 'control_mean') }}
            as lift_error
    from compared

),

judged as (

    select
        *,
        {{ two_sided_p('z') }} as p_value
    from tested

),

ranked as (

    select
        *,
        count(p_value) over (partition by experiment) as tests,
        row_number() over (
            partition by experiment
            order by case when p_value is null then 1 else 0 end, p_value, metric, variant
        ) as rank_of_p
    from judged

),

-- Benjamini and Hochberg: the share of false findings if this one and all better ones are believed.
results as (

    select

        ---------- grain
        cast(experiment as string) as experiment,
        cast(metric as string) as metric,
        cast(variant as string) as variant,

        ---------- the arm
        cast(players as bigint) as players,
        cast(mean as double) as mean,
        cast(adjusted_mean as double) as adjusted_mean,
        is_guardrail,

        ---------- against the control
        cast(lift as double) as lift,
        cast(lift - sigmas * lift_error as double) as ci_low,
        cast(lift + sigmas * lift_error as double) as ci_high,
        cast(difference as double) as difference,
        cast(difference - sigmas * standard_error as double) as difference_low,
        cast(difference + sigmas * standard_error as double) as difference_high,
        cast(round(p_value, 10) as double) as p_value,
        cast(
            round(
                case
                    when p_value is not null then
                        min(least(1e0, {{ ratio('p_value * tests', 'rank_of_p') }})) over (
                            partition by experiment
                            order by rank_of_p desc
                            rows between unbounded preceding and current row
                        )
                end,
                10
            ) as double
        ) as p_value_bh,

        ---------- trust
        cast(round(cuped_variance_ratio, 8) as double) as cuped_variance_ratio,
        cast(round(srm_p, 10) as double) as srm_p,
        coalesce(srm_p < 0.001, false) as has_srm,
        cast(contaminated_players as bigint) as contaminated_players

    from ranked

)

select * from results

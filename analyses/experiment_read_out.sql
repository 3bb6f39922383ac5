-- Which experiments changed anything, and may they be believed? One row per experiment, metric and variant other than
-- the control, guardrails first. `verdict` is `do_not_read` where the split of players is not what was configured:
-- then nothing of the experiment means anything. It is `higher` or `lower` than the control where the p-value holds
-- after allowing for the number of metrics; else `no_difference_shown`, which is not the same as none. Whether higher
-- is better depends on the metric: on a guardrail any difference is a reason to look.
with

results as (

    select * from {{ ref('experiment_results') }}

),

read_out as (

    select

        ---------- grain
        experiment,
        metric,
        variant,

        ---------- verdict
        is_guardrail,
        case
            when has_srm then 'do_not_read'
            when p_value_bh is null or p_value_bh >= 0.05 then 'no_difference_shown'
            when difference > 0 then 'higher'
            else 'lower'
        end as verdict,

        ---------- evidence
        players,
        contaminated_players,
        adjusted_mean,
        difference,
        difference_low,
        difference_high,
        lift,
        ci_low,
        ci_high,
        p_value,
        p_value_bh,
        srm_p

    from results

    where difference is not null

)

select * from read_out
order by experiment asc, is_guardrail desc, metric asc, variant asc

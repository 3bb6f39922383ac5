with

bets as (

    select * from {{ ref('fct_bets') }}

),

-- A bet that was refused never was a round of the game.
placed as (

    select
        date_trunc('hour', placed_at) as hour,
        game_id,
        coalesce(provider_id, 'unknown') as provider_id,
        round_id,
        status = 'voided' as is_void,
        status = 'rolled_back' as is_rollback,
        status = 'refunded' or refunded_amount > 0 as is_refund
    from bets
    where status <> 'rejected'

),

hours as (

    select
        hour,
        cast(hour as date) as utc_day,
        extract(hour from hour) as hour_of_day,
        game_id,
        provider_id,
        count(distinct round_id) as rounds,
        count(distinct case when is_void then round_id end) as voids,
        count(distinct case when is_refund then round_id end) as refunds,
        count(distinct case when is_rollback then round_id end) as rollbacks
    from placed
    group by hour, game_id, provider_id

),

remembered as (

    select
        *,
        sum(rounds) over four_weeks as baseline_rounds,
        sum(voids) over four_weeks as baseline_voids,
        sum(refunds) over four_weeks as baseline_refunds
    from hours
    window four_weeks as (
        partition by game_id, provider_id, hour_of_day
        order by utc_day
        range between interval 28 days preceding and interval 1 day preceding
    )

),

-- One case more than there was, in one round more: where nothing ever went wrong there may still be a first void.
expected as (

    select
        *,
        rounds * {{ ratio('baseline_voids + 1', 'baseline_rounds + 1') }} as expected_voids,
        rounds * {{ ratio('baseline_refunds + 1', 'baseline_rounds + 1') }} as expected_refunds,
        coalesce(baseline_rounds, 0) >= {{ game_rule('health_min_baseline_rounds') }} as has_baseline
    from remembered

),

-- A tail is a sum of many terms: only where there are cases enough to alert is it worth its price.
tested as (

    select
        *,
        case
            when has_baseline and voids >= {{ game_rule('health_min_cases') }} and voids > expected_voids
                then {{ poisson_tail('voids', 'expected_voids') }}
        end as void_p,
        case
            when has_baseline and refunds >= {{ game_rule('health_min_cases') }} and refunds > expected_refunds
                then {{ poisson_tail('refunds', 'expected_refunds') }}
        end as refund_p
    from expected

),

health as (

    select

        ---------- grain
        hour,
        cast(game_id as string) as game_id,
        cast(provider_id as string) as provider_id,

        ---------- the hour
        cast(rounds as bigint) as rounds,
        cast(voids as bigint) as voids,
        cast(refunds as bigint) as refunds,
        cast(rollbacks as bigint) as rollbacks,
        cast({{ ratio('voids', 'rounds') }} as double) as void_rate,
        cast({{ ratio('refunds', 'rounds') }} as double) as refund_rate,

        ---------- the same hour of the day in the 28 days before
        cast(coalesce(baseline_rounds, 0) as bigint) as baseline_rounds,
        cast({{ ratio('baseline_voids', 'baseline_rounds') }} as double) as baseline,
        cast({{ ratio('baseline_refunds', 'baseline_rounds') }} as double) as refund_baseline,

        ---------- tests
        cast(void_p as double) as void_p,
        cast(refund_p as double) as refund_p,
        coalesce(least(void_p, refund_p) < {{ game_rule('health_alert_probability') }}, false) as alert

    from tested

)

select * from health

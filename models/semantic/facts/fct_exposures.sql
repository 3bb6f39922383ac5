with

exposures as (

    select * from {{ ref('stg_marketing__ab_exposures') }}
    where player_id is not null and ab_exp is not null and ab_var is not null

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

numbered as (

    select
        *,
        row_number() over same_player_in_order as exposure_no,
        count(*) over same_player as exposures,
        min(ab_var) over same_player <> max(ab_var) over same_player as is_contaminated
    from exposures
    window
        same_player as (partition by brand, player_id, ab_exp),
        same_player_in_order as (partition by brand, player_id, ab_exp order by event_at, event_id, ab_var)

),

first_exposures as (

    select

        ---------- grain
        numbered.brand,
        numbered.player_id,
        numbered.ab_exp as experiment,

        ---------- strings
        numbered.ab_var as variant,
        numbered.jurisdiction,

        ---------- numbers
        cast(numbered.exposures as bigint) as exposures,

        ---------- booleans
        numbered.is_contaminated,

        ---------- times
        numbered.event_at as exposed_at,
        {{ gaming_day('numbered.event_at', 'jurisdictions') }} as gaming_day

    from numbered

    left join jurisdictions on numbered.jurisdiction = jurisdictions.jurisdiction

    where numbered.exposure_no = 1

)

select * from first_exposures

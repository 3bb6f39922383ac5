with

landed as (

    select * from {{ ref('stg_landing__events') }} where player_id is not null and not is_test and not is_conflict

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

by_jurisdiction as (

    select
        brand,
        player_id,
        jurisdiction,
        min(ts) as first_at,
        max(ts) as last_at,
        min(case when actor = 'player' then ts end) as first_act_at,
        max(case when actor = 'player' then ts end) as last_act_at
    from landed
    group by
        brand,
        player_id,
        jurisdiction

),

-- Within one jurisdiction the earliest instant has the earliest gaming day: one row a jurisdiction has to be converted.
placed as (

    select
        by_jurisdiction.*,
        {{ gaming_day('by_jurisdiction.first_act_at', 'jurisdictions') }} as first_act_day,
        row_number() over (
            partition by by_jurisdiction.brand, by_jurisdiction.player_id
            order by
                case when by_jurisdiction.jurisdiction = 'XX' then 1 else 0 end,
                by_jurisdiction.first_at,
                by_jurisdiction.jurisdiction
        ) as jurisdiction_no
    from by_jurisdiction
    left join jurisdictions on by_jurisdiction.jurisdiction = jurisdictions.jurisdiction

),

people as (

    select
        brand,
        player_id,
        max(case when jurisdiction_no = 1 then jurisdiction end) as jurisdiction,
        min(first_act_day) as first_event_day,
        max(last_act_at) as last_seen_at,
        max(last_at) as last_named_at
    from placed
    group by
        brand,
        player_id

)

select * from people

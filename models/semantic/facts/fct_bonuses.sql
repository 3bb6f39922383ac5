with

costs as (

    select * from {{ ref('int_bonuses__costs') }}

),

issues as (

    select
        *,
        row_number() over (
            partition by brand, bonus_id order by case when amount > 0 then 0 else 1 end, event_at, event_id
        ) as issue_no
    from {{ ref('stg_cashier__bonuses') }}

),

progress as (

    select
        brand,
        bonus_id,
        min(event_at) as progressed_at,
        max(contributed) as contributed,
        max(required) as required
    from {{ ref('stg_cashier__wager_progress') }}
    group by
        brand,
        bonus_id

),

-- Who and where: from the grant; from the earliest later event where the grant itself never came.
first_costs as (

    select
        *,
        row_number() over (partition by brand, bonus_id order by happened_at, event_id, kind) as cost_no
    from costs

),

totals as (

    select
        brand,
        bonus_id,
        {% for kind in ['issued', 'forfeited', 'expired', 'converted', 'wager_forfeited'] %}
            sum(case when kind = '{{ kind }}' then amount else 0 end) as {{ kind }}_amount,
        {%- endfor %}
        min(case when kind = 'issued' then happened_at end) as issued_at,
        min(case when kind = 'converted' and not is_conflict then happened_at end) as completed_at,
        min(case when kind = 'forfeited' and not is_conflict then happened_at end) as forfeited_at,
        min(case when kind = 'expired' and not is_conflict then happened_at end) as expired_at,
        bool_or(is_conflict) as is_conflict
    from costs
    group by
        brand,
        bonus_id

),

bonuses as (

    select

        ---------- ids
        totals.brand,
        totals.bonus_id,
        coalesce(issues.player_id, first_costs.player_id) as player_id,
        issues.template_id,

        ---------- strings
        coalesce(issues.jurisdiction, first_costs.jurisdiction) as jurisdiction,
        coalesce(issues.currency, first_costs.currency) as currency,
        issues.type,
        case
            when totals.completed_at is not null then 'completed'
            when totals.forfeited_at is not null then 'forfeited'
            when totals.expired_at is not null then 'expired'
            when totals.issued_amount <= 0 then 'corrected'
            when progress.progressed_at is not null then 'active'
            else 'issued'
        end as status,

        ---------- money
        cast(totals.issued_amount as decimal(38, 8)) as issued_amount,
        cast(totals.forfeited_amount as decimal(38, 8)) as forfeited_amount,
        cast(totals.expired_amount as decimal(38, 8)) as expired_amount,
        cast(totals.converted_amount as decimal(38, 8)) as converted_amount,
        cast(totals.wager_forfeited_amount as decimal(38, 8)) as wager_forfeited_amount,

        ---------- numbers
        cast(issues.wager_multiple as double) as wager_multiple,
        cast(coalesce(issues.wager_required, progress.required) as decimal(38, 8)) as wager_required,
        cast(coalesce(progress.contributed, 0) as decimal(38, 8)) as contributed,

        ---------- booleans
        totals.is_conflict,

        ---------- times
        totals.issued_at,
        issues.expires_at,
        totals.completed_at,
        least(totals.completed_at, totals.forfeited_at, totals.expired_at) as closed_at,
        first_costs.gaming_day

    from totals

    inner join first_costs
        on
            totals.brand = first_costs.brand
            and totals.bonus_id = first_costs.bonus_id
            and first_costs.cost_no = 1

    left join issues
        on totals.brand = issues.brand and totals.bonus_id = issues.bonus_id and issues.issue_no = 1

    left join progress on totals.brand = progress.brand and totals.bonus_id = progress.bonus_id

)

select * from bonuses

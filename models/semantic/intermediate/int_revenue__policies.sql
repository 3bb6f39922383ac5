{%- set lines = [
    'bonus_basis', 'jackpot_contribution', 'jackpot_paid_by_network', 'promotion_prizes', 'provider_fee', 'platform_fee', 'psp_fee',
    'affiliate_commission', 'gaming_duty', 'chargebacks', 'verified'
] -%}
with

dated_policies as (

    {{ dated('ngr_policies', 'jurisdiction') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

firsts as (

    select
        jurisdiction,
        min(valid_from) as first_day
    from dated_policies
    group by jurisdiction

),

-- The policy of XX is there for all time.
default_policies as (

    select
        dated_policies.*,
        case
            when dated_policies.valid_from = firsts.first_day then cast('0001-01-01' as date)
            else dated_policies.valid_from
        end as holds_from
    from dated_policies
    inner join firsts using (jurisdiction)
    where dated_policies.jurisdiction = 'XX'

),

-- Every jurisdiction has a policy on every day: its own, and before that, or without one, that of XX.
policies as (

    select
        jurisdiction,
        valid_from,
        valid_until,
        {{ lines | join(', ') }},
        false as is_fallback
    from dated_policies
    where jurisdiction != 'XX'

    union all

    select
        jurisdictions.jurisdiction,
        default_policies.holds_from as valid_from,
        case
            when firsts.first_day < default_policies.valid_until and jurisdictions.jurisdiction != 'XX'
                then firsts.first_day
            else default_policies.valid_until
        end as valid_until,
        {%- for line in lines %}
            default_policies.{{ line }},
        {%- endfor %}
        jurisdictions.jurisdiction != 'XX' as is_fallback
    from (
        select jurisdiction from jurisdictions
        union
        select 'XX' as jurisdiction
    ) as jurisdictions
    cross join default_policies
    left join firsts on jurisdictions.jurisdiction = firsts.jurisdiction
    where
        jurisdictions.jurisdiction = 'XX'
        or firsts.first_day is null
        or default_policies.holds_from < firsts.first_day

)

select * from policies

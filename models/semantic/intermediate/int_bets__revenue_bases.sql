{% set reported = "coalesce(bases.currency, '" ~ var('reporting_currency') ~ "')" %}
with

measures as (

    select * from {{ ref('int_bets__booked_measures') }}

),

bases as (

    {{ dated('revenue_bases', 'basis, jurisdiction') }}

),

duty_rates as (

    {{ dated('duty_rates', 'jurisdiction') }}

),

rates as (

    select * from {{ ref('int_fx__daily') }}

),

jurisdictions as (

    select * from {{ ref('jurisdictions') }}

),

policies as (

    select * from {{ ref('int_revenue__policies') }}

),

-- Stakes less prizes less deductions, in the currency that the basis is reported in.
amounts as (

    select
        measures.gaming_day,
        cast(date_trunc('month', measures.gaming_day) as date) as month,
        measures.jurisdiction,
        bases.basis,
        {{ reported }} as currency,
        bases.is_taxed,
        bases.verified,
        case when bases.is_taxed then measures.jurisdiction end as taxed_jurisdiction,
        case when measures.measure in (bases.stakes, 'network_wins', 'network_cash_wins') then 1 else -1 end as sign,
        bases.deductions = 'ngr_lines'
        and (
            policies.is_fallback
            or not policies.verified
            or (jurisdictions.jurisdiction is null and measures.jurisdiction != 'XX')
        ) as rests_on_unverified_policy,
        case
            when measures.currency = {{ reported }} then measures.amount
            when {{ reported }} = '{{ var("reporting_currency") }}' then measures.amount_base
            when measures.amount = 0 then measures.amount
            else cast({{ quotient_or_null('measures.amount_base', 'rates.rate_to_base') }} as decimal(38, 14))
        end as unsigned_amount

    from measures

    inner join bases
        on
            (measures.jurisdiction = bases.jurisdiction or bases.jurisdiction = '*')
            and (
                measures.measure in (bases.stakes, bases.prizes, bases.deductions)
                -- What somebody else's pot paid is given back where it is no prize of the house: as much of it as
                -- stands among the prizes.
                or (
                    measures.measure
                    = case when bases.prizes = 'cash_payouts' then 'network_cash_wins' else 'network_wins' end
                    and bases.prizes is not null
                    and not bases.network_wins_are_prizes
                )
            )
            and {{ holds_on('measures.gaming_day', 'bases') }}

    left join rates on bases.currency = rates.currency and measures.gaming_day = rates.rate_day

    left join jurisdictions on measures.jurisdiction = jurisdictions.jurisdiction

    left join policies
        on
            coalesce(jurisdictions.jurisdiction, 'XX') = policies.jurisdiction
            and {{ holds_on('measures.gaming_day', 'policies') }}

),

-- The rate of a month is that of its first day.
rated as (

    select

        ---------- grain
        amounts.gaming_day,
        amounts.month,
        amounts.jurisdiction,
        amounts.basis,

        ---------- money
        amounts.currency,
        cast(amounts.sign * amounts.unsigned_amount as decimal(38, 14)) as amount,

        ---------- duty
        duty_rates.rate,
        amounts.is_taxed,
        -- Nothing that rests on an unverified policy, or on that of another jurisdiction, is verified.
        amounts.verified
        and coalesce(duty_rates.verified, not amounts.is_taxed)
        and not coalesce(amounts.rests_on_unverified_policy, false) as is_verified

    from amounts

    left join duty_rates
        on
            amounts.taxed_jurisdiction = duty_rates.jurisdiction
            and {{ holds_on('amounts.month', 'duty_rates') }}

)

select * from rated

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
        case when measures.measure = bases.stakes then 1 else -1 end as sign,
        case
            when measures.currency = {{ reported }} then measures.amount
            when {{ reported }} = '{{ var("reporting_currency") }}' then measures.amount_base
            when measures.amount = 0 then measures.amount
            else cast({{ ratio('measures.amount_base', 'rates.rate_to_base') }} as decimal(38, 10))
        end as unsigned_amount

    from measures

    inner join bases
        on
            (measures.jurisdiction = bases.jurisdiction or bases.jurisdiction = '*')
            and measures.measure in (bases.stakes, bases.prizes, bases.deductions)
            and {{ holds_on('measures.gaming_day', 'bases') }}

    left join rates on bases.currency = rates.currency and measures.gaming_day = rates.rate_day

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
        cast(amounts.sign * amounts.unsigned_amount as decimal(38, 10)) as amount,

        ---------- duty
        duty_rates.rate,
        amounts.is_taxed,
        amounts.verified and coalesce(duty_rates.verified, not amounts.is_taxed) as is_verified

    from amounts

    left join duty_rates
        on
            amounts.taxed_jurisdiction = duty_rates.jurisdiction
            and {{ holds_on('amounts.month', 'duty_rates') }}

)

select * from rated

{% set grain = 'clock, gaming_day, brand, player_id, jurisdiction, currency, provider_id, game_id' %}
with

played as (

    select * from {{ ref('int_bets__clocked') }} where settled_amount <> 0 or payout_amount <> 0

),

providers as (

    select * from {{ ref('int_games__providers') }}

),

-- A tariff may stand under any name of its provider.
named_fees as (

    select
        provider_fees.rate,
        provider_fees.valid_from,
        lower(coalesce(providers.provider_id, provider_fees.provider_id)) as provider_key
    from {{ ref('provider_fees') }} as provider_fees
    left join providers on lower(provider_fees.provider_id) = providers.provider_key

),

provider_fees as (

    {{ dated('named_fees', 'provider_key', from_cte=true) }}

),

platform_fees as (

    {{ dated('platform_fees', 'brand') }}

),

duty_rates as (

    {{ dated('duty_rates', 'jurisdiction') }}

),

revenue as (

    select
        {{ grain }},
        sum(settled_amount) as handle,
        -- What somebody else's pot paid is no loss of the house: fees, commission and duty are not lowered by it.
        sum(settled_amount - payout_amount + network_payout_amount) as ggr,
        {{ sum_known('settled_base') }} as handle_base,
        {{ sum_known('settled_base - payout_base + network_payout_base') }} as ggr_base
    from played
    group by {{ grain }}

),

rated as (

    select
        revenue.*,
        provider_fees.rate as provider_rate,
        platform_fees.rate as platform_rate,
        duty_rates.rate as duty_rate,
        case when duty_rates.basis = 'handle' then revenue.handle else revenue.ggr end as duty_basis,
        case when duty_rates.basis = 'handle' then revenue.handle_base else revenue.ggr_base end as duty_basis_base

    from revenue

    left join provider_fees
        on
            lower(revenue.provider_id) = provider_fees.provider_key
            and {{ holds_on('revenue.gaming_day', 'provider_fees') }}

    left join platform_fees
        on revenue.brand = platform_fees.brand and {{ holds_on('revenue.gaming_day', 'platform_fees') }}

    left join duty_rates
        on revenue.jurisdiction = duty_rates.jurisdiction and {{ holds_on('revenue.gaming_day', 'duty_rates') }}

),

shares as (

    select
        {{ grain }},
        coalesce({{ share_or_null('ggr', 'provider_rate') }}, 0) as provider_fee,
        coalesce({{ share_or_null('ggr', 'platform_rate') }}, 0) as platform_fee,
        coalesce({{ share_or_null('duty_basis', 'duty_rate') }}, 0) as gaming_duty,
        case when provider_rate is null then 0 else {{ share_or_null('ggr_base', 'provider_rate') }} end
            as provider_fee_base,
        case when platform_rate is null then 0 else {{ share_or_null('ggr_base', 'platform_rate') }} end
            as platform_fee_base,
        case when duty_rate is null then 0 else {{ share_or_null('duty_basis_base', 'duty_rate') }} end
            as gaming_duty_base
    from rated

)

select * from shares

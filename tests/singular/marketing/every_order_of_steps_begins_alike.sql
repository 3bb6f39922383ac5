-- The funnel starts an unasked visitor at its third step, so an order without the first three would lose one to another.
{{ config(group='core') }}

select
    jurisdiction,
    count(*) as steps
from {{ ref('funnel_steps') }}
group by jurisdiction
having
    count(
        case
            when step_index = 1 and step = 'campaign_view' then 1
            when step_index = 2 and step = 'campaign_click' then 1
            when step_index = 3 and step = 'registration' then 1
        end
    ) < 3

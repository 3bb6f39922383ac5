-- Who comes unasked starts at the third step, which must be the registration whatever the licence asks for later.
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

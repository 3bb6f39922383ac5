-- Figures of several jurisdictions stand in one table by the index of the step, so it is the same step in all.
{{ config(group='core') }}

select
    step_index,
    count(distinct step) as steps
from {{ ref('funnel_steps') }}
group by step_index
having count(distinct step) > 1

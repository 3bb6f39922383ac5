-- Figures of several jurisdictions stand in one table by the index of the step: one index is the same step in all of them.
{{ config(group='core') }}

select
    step_index,
    count(distinct step) as steps
from {{ ref('funnel_steps') }}
group by step_index
having count(distinct step) > 1

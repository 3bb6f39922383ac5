-- Weights are shares of their sum: where all are 0 nobody was to take part, and the rows say nothing.
{{ config(group='core') }}

select
    experiment,
    sum(weight) as weights
from {{ ref('experiments') }}
group by experiment
having sum(weight) <= 0

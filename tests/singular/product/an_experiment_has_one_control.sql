-- An experiment is compared with one variant: the seed may mark none, but never two.
select
    experiment,
    count(*) as controls
from {{ ref('experiments') }}
where is_control
group by experiment
having count(*) > 1

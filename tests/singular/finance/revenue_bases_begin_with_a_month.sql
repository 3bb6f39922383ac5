-- A definition that began within a month would give that month two, of which `revenue_by_basis` can show only one.
{{ config(group='core') }}

select
    basis,
    jurisdiction,
    valid_from
from {{ ref('revenue_bases') }}
where valid_from <> cast(date_trunc('month', valid_from) as date)

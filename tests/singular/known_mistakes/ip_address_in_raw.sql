{{ config(group='core', severity='warn') }}
-- The mistake: IP addresses travel in a text field, past the vault. Only a warning: the version number of a release,
-- 1.2.3.4, has the same shape, and nobody but its owner can tell.
with

texts as (

    {{ free_text() }}

)

-- The values stay out of the result: it is written to logs.
select
    field,
    count(*) as events
from texts
where
    {{ matches('text', '\\b(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})([.](25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}\\b') }}
group by field

-- lines = landed + quarantined + duplicates for every file, exactly: nothing is lost on the way in.
select
    load_id,
    file,
    lines,
    landed,
    quarantined,
    duplicates
from {{ ref('ingest_health') }}
where lines <> landed + quarantined + duplicates

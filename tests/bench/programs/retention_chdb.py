"""The retention of retention_duckdb.py in ClickHouse's way, arrays of days, in chdb. Argument: the same Parquet file."""

import sys

import chdb

file = sys.argv[1]
query = f"""
    select cohort, n, count(), countIf(has(days, cohort + n))
    from (
        select assumeNotNull(min(toDate(ts))) as cohort, groupUniqArray(assumeNotNull(toDate(ts))) as days
        from file('{file}', 'Parquet') group by brand, player_id
    ) array join [1, 7, 30] as n
    group by cohort, n order by cohort, n settings max_threads = 2
"""
print(str(chdb.query(query, "CSV")).strip().replace('"', ""))

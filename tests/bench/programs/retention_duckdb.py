"""Day 1, 7 and 30 of players' first days by the `retention` macro on DuckDB. Argument: a Parquet file of brand, player_id, event, ts."""

import sys
from pathlib import Path

import duckdb
from rendered import rendered

file = Path(sys.argv[1])
query = rendered(file, "retention", "{{ retention('events', 'true', 'true', unit=['brand', 'player_id'], offsets=[1, 7, 30]) }}")
with duckdb.connect(config={"threads": 2}) as connection:
    connection.execute(f"create view events as select * from read_parquet('{file}')")
    rows = connection.execute(f"select cohort, period_n, cohort_size, retained from ({query}) as counted order by cohort, period_n").fetchall()
for cohort, day_n, size, retained in rows:
    print(f"{cohort},{day_n},{size},{retained}")

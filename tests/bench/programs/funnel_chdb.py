"""The funnel of funnel_duckdb.py by ClickHouse's windowFunnel, in chdb. Argument: the same Parquet file."""

import sys

import chdb

file = sys.argv[1]
STEPS = ["login", "lobby_impression", "game_launch", "bet_place", "round_settle"]
conditions = ", ".join(f"event = '{step}'" for step in STEPS)
reached = f"windowFunnel(86400000000)(assumeNotNull(toUInt64(toUnixTimestamp64Micro(ts))), {conditions})"
query = f"""
    select level, count() from (select brand, player_id, {reached} as level from file('{file}', 'Parquet') group by brand, player_id)
    where level > 0 group by level order by level settings max_threads = 2
"""
print(str(chdb.query(query, "CSV")).strip())

"""A funnel of five steps within a day by the `funnel` macro on DuckDB: players by level. Argument: a Parquet file of brand, player_id, event, ts."""

import sys
from pathlib import Path

import duckdb
from rendered import rendered

file = Path(sys.argv[1])
STEPS = ["login", "lobby_impression", "game_launch", "bet_place", "round_settle"]
conditions = [f"event = '{step}'" for step in STEPS]
query = rendered(file, "funnel", f"{{{{ funnel('events', {conditions!r}, window_s=86400, unit=['brand', 'player_id']) }}}}")
with duckdb.connect(config={"threads": 2}) as connection:
    connection.execute(f"create view events as select * from read_parquet('{file}')")
    for level, players in connection.execute(f"select level, count(*) from ({query}) as reached group by level order by level").fetchall():
        print(f"{level},{players}")

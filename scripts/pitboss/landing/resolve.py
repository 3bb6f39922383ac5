"""Rows whose id may have come before: the same content again is a duplicate, other content is a conflict."""

from collections.abc import Callable
from datetime import date

import pyarrow as pa

from pitboss.contract.arrow import product_columns, vault_columns
from pitboss.contract.sql import quoted, read_parts
from pitboss.landing.context import Load
from pitboss.landing.gate import Refusal
from pitboss.landing.ledger import ConflictId
from pitboss.landing.privacy import hash_columns

_AT_ONCE = 50_000
"""Suspects compared at a time, so that a replay of any size fits into memory."""


def suspects_table(event: str) -> str:
    """Name of the table in which a lane puts the rows aside: all typed columns, and `line`."""
    return quoted(f"suspects_{event}")


def resolve_suspects(load: Load, event: str, land: Callable[[str], None]) -> None:
    """Compare each suspect with the landed row of its id, whether that came with this load or an earlier one."""
    suspects, connection = suspects_table(event), load.connection
    while True:
        table: pa.Table = connection.execute(f"select * from {suspects} order by line limit {_AT_ONCE}").to_arrow_table()
        if not table.num_rows:
            break
        load.parts.flush(event)
        for line, event_id, day, is_same in _compare(load, event, table):
            if is_same:
                load.duplicates += 1
            else:
                load.conflicts.add(ConflictId(event, day, event_id))
                load.quarantine.refuse_later(line, Refusal(event, day, "conflict", "/eventId", f"eventId {event_id} came with other content"))
        # what is left shares only a hash with an id that came before: the first of each id lands, the rest is compared with it
        connection.execute(
            "create or replace temp table first_ones as select min(line) as line from asked "
            "where line not in (select line from compared) group by event_id, event_day"
        )
        connection.execute(f"create or replace temp table fresh as select * from {suspects} where line in (select line from first_ones)")
        if connection.execute("select 1 from fresh limit 1").fetchone():
            land("fresh")
        connection.execute(f"delete from {suspects} where line in (select line from compared union all select line from first_ones)")
    connection.execute(f"drop table {suspects}")


def _compare(load: Load, event: str, table: pa.Table) -> list[tuple[int, str, date, bool]]:
    """Line, id, day and whether the content is the same, of every suspect whose id is landed."""
    connection, home = load.connection, load.home
    product = {c.name: c.data_type for c in product_columns(load.contracts, event)}
    vault = {c.name: c.data_type for c in vault_columns(load.contracts, event)}
    hashed = hash_columns(table, product_columns(load.contracts, event), load.key)  # noqa: F841 - read by DuckDB under its name
    connection.execute("create or replace temp table asked as select * from hashed")
    days = [row[0] for row in connection.execute("select distinct event_day from asked").fetchall()]
    landed = [path for day in days for path in load.parts.paths("landing", event, day)]
    landed += [home.root / part.path for day in days for part in load.ledger.parts(event, day)]
    folders = [home.restricted / "vault" / event / f"dt={day}" for day in days]
    personal = [path for day in days for path in load.parts.paths("restricted/vault", event, day)]
    personal += [path for folder in folders for path in sorted(folder.glob("*.parquet"))]
    # only the rows asked about are held, not the days they lie in
    for name, columns, paths in (("landed", product, landed), ("known", {"event_id": "varchar", "ts": "timestamp", **vault}, personal)):
        rows = read_parts(columns, paths) if paths else "(select * from asked where false)"
        connection.execute(
            f"create or replace temp table {name} as select {', '.join(map(quoted, columns))}, cast(ts as date) as event_day "
            f"from {rows} where event_id in (select event_id from asked)"
        )
    same = [f"asked.{quoted(name)} is not distinct from landed.{quoted(name)}" for name in product]
    same += [f"asked.{quoted(name)} is not distinct from known.{quoted(name)}" for name in vault]
    connection.execute(
        f"create or replace temp table compared as select asked.line, asked.event_id, asked.event_day, {' and '.join(same)} as is_same "
        "from asked join landed on landed.event_id = asked.event_id and landed.event_day = asked.event_day "
        "left join known on known.event_id = asked.event_id and known.event_day = asked.event_day"
    )
    found: list[tuple[int, str, date, bool]] = connection.execute("select * from compared order by line").fetchall()
    return found

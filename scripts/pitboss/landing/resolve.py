"""Rows whose id may have come before: the same content again is a duplicate, other content is a conflict."""

from collections.abc import Callable
from datetime import date

import pyarrow as pa

from pitboss.contract.arrow import product_columns, vault_columns
from pitboss.contract.sql import literal, quoted, read_parts
from pitboss.landing.context import Load
from pitboss.landing.gate import Refusal
from pitboss.landing.ledger import ConflictId
from pitboss.landing.privacy import hash_columns


def suspects_table(event: str) -> str:
    """Name of the table in which a lane puts the rows aside: all typed columns, and `line`."""
    return quoted(f"suspects_{event}")


def resolve_suspects(load: Load, event: str, land: Callable[[str], None]) -> None:
    """Compare each suspect with the landed row of its id, whether that came with this load or an earlier one."""
    suspects = suspects_table(event)
    connection = load.connection
    while True:
        load.parts.flush(event)
        for line, event_id, day, is_found, is_same in _compare(load, event):
            if not is_found:
                continue
            if is_same:
                load.duplicates += 1
            else:
                load.conflicts.add(ConflictId(event, day, event_id))
                load.quarantine.refuse_later(line, Refusal(event, day, "conflict", "/eventId", f"eventId {event_id} came with other content"))
        # what is left shares only a hash with an id that came before: the first of each id lands, the rest is compared with it
        connection.execute(f"delete from {suspects} where line in (select line from compared where is_found)")
        connection.execute(
            f"create or replace temp table fresh as select * from {suspects} where line in (select min(line) from {suspects} group by event_id, event_day)"
        )
        fresh = connection.execute("select count(*) from fresh").fetchone()
        if not fresh or not fresh[0]:
            break
        land("fresh")
        connection.execute(f"delete from {suspects} where line in (select line from fresh)")
    connection.execute(f"drop table {suspects}")


def _compare(load: Load, event: str) -> list[tuple[int, str, date, bool, bool]]:
    connection, home = load.connection, load.home
    product, vault = product_columns(load.contracts, event), vault_columns(load.contracts, event)
    table: pa.Table = connection.execute(f"select * from {suspects_table(event)}").to_arrow_table()
    asked = hash_columns(table, product, load.key)  # noqa: F841 - read by DuckDB under its name
    days = [row[0] for row in connection.execute("select distinct event_day from asked").fetchall()]
    landed = [path for day in days for path in load.parts.paths("landing", event, day)]
    landed += [home.root / part.path for day in days for part in load.ledger.parts(event, day)]
    rows = read_parts(load.contracts, event, landed) if landed else f"(select * from {suspects_table(event)} where false)"
    same = [f"asked.{quoted(c.name)} is not distinct from landed.{quoted(c.name)}" for c in product]
    join = ""
    if vault:
        join, personal = _vault_join(load, event, days)
        same += [f"asked.{quoted(c.name)} is not distinct from {personal(c.name)}" for c in vault]
    connection.execute(
        f"create or replace temp table compared as select asked.line, asked.event_id, asked.event_day, "
        f"landed.event_id is not null as is_found, coalesce({' and '.join(same)}, false) as is_same "
        f"from asked left join {rows} as landed on landed.event_id = asked.event_id and cast(landed.ts as date) = asked.event_day{join}"
    )
    found: list[tuple[int, str, date, bool, bool]] = connection.execute("select * from compared order by line").fetchall()
    return found


def _vault_join(load: Load, event: str, days: list[date]) -> tuple[str, Callable[[str], str]]:
    vault = load.home.restricted / "vault" / event
    paths = [path for day in days for path in [*load.parts.paths("restricted/vault", event, day), *sorted((vault / f"dt={day}").glob("*.parquet"))]]
    if not paths:
        return "", lambda name: "null"
    files = f"read_parquet([{', '.join(literal(str(path)) for path in paths)}], union_by_name = true)"
    return f" left join {files} as vault on vault.event_id = asked.event_id and vault.event_day = asked.event_day", lambda name: f"vault.{quoted(name)}"

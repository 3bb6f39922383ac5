"""What is in the quarantine now: lines that came in, less those that a replay took out and those whose conflict is decided."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pitboss.contract.sql import literal, read_parts
from pitboss.home import Home
from pitboss.landing.content import content_fields, content_hash
from pitboss.landing.ledger import EventId, Ledger


@contextmanager
def quarantine(home: Home, ledger: Ledger, connection: duckdb.DuckDBPyConnection | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the views `waiting` (a row a quarantined line, its columns those of the files) and `contents`."""
    own = connection or duckdb.connect(config={"threads": 1, "memory_limit": "500MB"})
    try:
        left = read_parts({"load_id": "varchar", "line": "bigint", "weight": "integer"}, [home.root / part.path for part in ledger.all_parts("refusals")])
        contents = _files(home, "conflicts")
        open_ids = pa.table(
            {
                "event": pa.array([key.event for key in ledger.open_conflicts], pa.string()),
                "event_day": pa.array([key.event_day for key in ledger.open_conflicts], pa.date32()),
                "event_id": pa.array([key.event_id for key in ledger.open_conflicts], pa.string()),
            }
        )
        own.register("open_ids", open_ids)
        own.execute(f"create or replace temp view contents as {contents or _NO_CONTENTS}")
        own.execute(
            "create or replace temp view waiting as "
            + (
                f"select * from ({_files(home, 'quarantine')}) as refused anti join (from {left} where weight < 0) as gone using (load_id, line) "
                "where reason <> 'conflict' or (load_id, line) in (select (load_id, line) from contents semi join open_ids using (event, event_day, event_id))"
                if _files(home, "quarantine")
                else _NO_LINES
            )
        )
        yield own
    finally:
        if not connection:
            own.close()


@dataclass(frozen=True)
class Content:
    """One of the contents that an id came with. `load_seq` where a row of it has landed, else the line that was quarantined."""

    hash: str
    fields: dict[str, object]
    load_seq: int | None
    lines: tuple[tuple[str, int], ...]
    """Load id and line number of each quarantined line that has it."""


def contents_of(connection: duckdb.DuckDBPyConnection, ledger: Ledger, event_id: str, key: bytes) -> dict[EventId, list[Content]]:
    """The contents of an id, for each event and day under which it is in conflict, in the order in which they came."""
    found = connection.execute("select event, event_day, event_id, content, load_seq, load_id, line from contents where event_id = ?", [event_id]).fetchall()
    found.sort(key=lambda row: (row[4] or (ledger.load(row[5]) or ledger.entries[-1]).seq, row[6] or 0))
    by_id: dict[EventId, dict[str, Content]] = {}
    for event, day, name, text, load_seq, load_id, line in found:
        contents = by_id.setdefault(EventId(event, day, name), {})
        hashed = content_hash(text, key)
        before = contents.get(hashed)
        seq = load_seq or (before and before.load_seq) or ledger.kept_seq(EventId(event, day, name), hashed)
        lines = (*(before.lines if before else ()), *([(load_id, line)] if line is not None else []))
        contents[hashed] = Content(hashed, content_fields(text), seq, tuple(dict.fromkeys(lines)))
    return {event_id: list(contents.values()) for event_id, contents in by_id.items()}


_NO_LINES = (
    "select '' as load_id, '' as channel, '' as file, 0::bigint as line, 0::bigint as byte_offset, '' as event, null::date as day, "
    "'' as reason, '' as pointer, '' as detail, ''::blob as raw where false"
)
_NO_CONTENTS = (
    "select '' as load_id, null::bigint as line, null::bigint as load_seq, '' as event, null::date as event_day, '' as event_id, '' as content where false"
)


def _files(home: Home, area: str) -> str:
    files = sorted((home.restricted / area).glob("*.parquet"))
    return f"select * from read_parquet([{', '.join(literal(str(file)) for file in files)}])" if files else ""

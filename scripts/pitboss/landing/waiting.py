"""What is in the quarantine now: lines that came in, less those that a replay took out and those whose conflict is decided."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from pitboss.contract.sql import file_list, literal, read_parts
from pitboss.errors import QuarantineError
from pitboss.home import Home
from pitboss.landing.content import content_fields, content_hash
from pitboss.landing.ledger import EventId, Ledger
from pitboss.landing.withdrawn import withdrawn

_AT_ONCE = 200_000
_BYTES_AT_ONCE = 64 << 20
"""Lines, and bytes of them, that are in memory together."""


@contextmanager
def quarantine(
    home: Home, ledger: Ledger, connection: duckdb.DuckDBPyConnection | None = None, load_id: str | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the views `waiting` (a row a quarantined line, its columns those of the files), `evidence` (lines whose
    conflict is decided, too) and `contents` of ids that ever were in conflict, as far as their loads stand. With `load_id` the first two
    hold the lines of one load, and read no other's file.

    Raises:
        QuarantineError: a file of the quarantine cannot be read.
    """
    # nothing may spill: it would be raw lines, outside the restricted area
    own = connection or duckdb.connect(config={"threads": 1, "memory_limit": "500MB", "temp_directory": ""})
    try:
        # only what is no load takes lines out; a compaction may hold what one of those said
        gone = [part for part in ledger.all_parts("refusals") if (entry := ledger.load(part.load_id)) and entry.kind != "load"]
        left = read_parts({"load_id": "varchar", "line": "bigint", "weight": "integer"}, [home.root / part.path for part in gone]) if gone else ""
        undecided = ledger.open_conflicts
        open_ids = pa.table(
            {
                "event": pa.array([key.event for key in undecided], pa.string()),
                "event_day": pa.array([key.event_day for key in undecided], pa.date32()),
                "event_id": pa.array([key.event_id for key in undecided], pa.string()),
            }
        )
        own.register("open_ids", open_ids)
        said = _files(home, ledger, "conflicts") or _NO_CONTENTS
        retracted = ", ".join(map(literal, ["", *ledger.retracted]))
        own.execute(
            f"create or replace temp view contents as select * from ({said}) as said anti join ({withdrawn(home, ledger)}) as gone "
            f"using (event, event_day, event_id, load_seq) where line is null or load_id not in ({retracted})"
        )
        refused = _files(home, ledger, "quarantine", load_id) or _NO_LINES
        anti = f" as refused anti join (from {left} where weight < 0) as gone using (load_id, line)" if left else ""
        own.execute(f"create or replace temp view evidence as select * from ({refused}){anti}")
        own.execute(
            "create or replace temp view waiting as select * from evidence where reason <> 'conflict' "
            "or (load_id, line) in (select (load_id, line) from contents semi join open_ids using (event, event_day, event_id))"
        )
        yield own
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        what = f"cannot be read ({str(error).splitlines()[0]})"
        raise QuarantineError(what, str(home.restricted), "If a landing is under way, run the command again when it has finished.") from error
    finally:
        if not connection:
            own.close()


class Line(NamedTuple):
    """A quarantined line: where it came from, why it is here, and its exact bytes without the line end."""

    load_id: str
    channel: str
    file: str
    line: int
    byte_offset: int
    event: str
    day: date | None
    reason: str
    pointer: str
    detail: str
    raw: bytes


class Group(NamedTuple):
    """So many lines that wait and have a reason, an event or a file in common, and the first of them."""

    by: str
    value: str
    lines: int
    example: dict[str, Any]


def groups(connection: duckdb.DuckDBPyConnection, by: str) -> list[Group]:
    """What waits, counted by `reason`, `event` or `file`, the most first. The example is all of a `Line` but its bytes."""
    key = {"reason": "reason", "event": "event", "file": "channel || '/' || file"}[by]
    columns = ", ".join(f"{name} := {name}" for name in Line._fields if name != "raw")
    found = connection.execute(
        f"select {key} as value, count(*) as lines, arg_min(struct_pack({columns}), (channel, file, load_id, line)) "
        "from waiting group by value order by lines desc, value"
    ).fetchall()
    return [Group(by, *row) for row in found]


def loads(connection: duckdb.DuckDBPyConnection, ledger: Ledger, where: str) -> dict[str, int]:
    """Lines of each load that wait and meet a condition, in the order in which they landed."""
    found: list[tuple[str, int]] = connection.execute(f"select load_id, count(*) from waiting where {where} group by load_id").fetchall()
    return dict(sorted(found, key=lambda load: ((entry := ledger.load(load[0])) and entry.seq) or 0))


def batch(connection: duckdb.DuckDBPyConnection, where: str, after: int = 0, view: str = "waiting") -> list[Line]:
    """Lines of one load behind a line number that meet a condition, as many as fit into memory; none where there are no more."""
    chosen = f"from {view} where line > {after} and ({where})"
    [(last,)] = connection.execute(
        "select max(line) from (select line, row_number() over lines as lines, sum(octet_length(raw)) over lines - octet_length(raw) as bytes "
        f"{chosen} window lines as (order by line)) where lines <= {_AT_ONCE} and bytes < {_BYTES_AT_ONCE}"
    ).fetchall()
    if last is None:
        return []
    return [Line(*row) for row in connection.execute(f"select {', '.join(Line._fields)} {chosen} and line <= {last} order by line").fetchall()]


def lines(home: Home, ledger: Ledger, where: str) -> Iterator[Line]:
    """The lines that wait and meet a condition, load by load."""
    with quarantine(home, ledger) as connection:
        found = loads(connection, ledger, where)
    for load_id in found:
        after = 0
        with quarantine(home, ledger, load_id=load_id) as connection:
            while some := batch(connection, where, after):
                yield from some
                after = some[-1].line


def condition(**values: str | int | None) -> str:
    """SQL condition that columns of the quarantine have these values; None leaves one open. `file` is a name or a load id."""
    parts = []
    for name, value in values.items():
        if value is not None:
            said = str(value) if isinstance(value, int) else literal(value)
            parts.append(f"{said} in (file, load_id)" if name == "file" else f"{name} = {said}")
    return " and ".join(parts) or "true"


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


def named_ids(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> list[EventId]:
    """Every id that is in conflict, decided or not."""
    found = connection.execute("select distinct event, event_day, event_id from contents order by all").fetchall()
    return [key for row in found if ledger.in_conflict(key := EventId(*row))]


def in_conflict(
    connection: duckdb.DuckDBPyConnection, home: Home, ledger: Ledger, event_id: str, event: str | None = None, day: date | None = None
) -> tuple[EventId, Sequence[Content]]:
    """The id that is meant, decided or not, and its contents.

    Raises:
        QuarantineError: no such id is in conflict, or more than one event or day has it.
    """
    found = contents_of(connection, ledger, event_id, home.key()) if home.restricted.is_dir() else {}
    found = {key: contents for key, contents in found.items() if event in (None, key.event) and day in (None, key.event_day) and ledger.in_conflict(key)}
    if not found:
        raise QuarantineError("is in no conflict", event_id, "`pitboss quarantine conflicts` lists those that are.")
    if len(found) > 1:
        places = ", ".join(f"{key.event} of {key.event_day}" for key in sorted(found))
        raise QuarantineError(f"is in conflict more than once: {places}", event_id, "Name one with --event and --day.")
    return found.popitem()


_NO_LINES = (
    "select '' as load_id, '' as channel, '' as file, 0::bigint as line, 0::bigint as byte_offset, '' as event, null::date as day, "
    "'' as reason, '' as pointer, '' as detail, ''::blob as raw where false"
)
_NO_CONTENTS = (
    "select '' as load_id, null::bigint as line, null::bigint as load_seq, '' as event, null::date as event_day, '' as event_id, '' as content where false"
)


def _files(home: Home, ledger: Ledger, area: str, load_id: str | None = None) -> str:
    files = sorted((home.restricted / area).glob("*.parquet")) if load_id is None else [home.restricted / area / f"{load_id}.parquet"]
    # what the ledger does not name does not count, and lines that came with a retracted load wait no more
    is_counted = ledger.load if area == "conflicts" else ledger.stands
    files = [file for file in files if file.exists() and is_counted(file.stem)]
    return f"select * from read_parquet({file_list(files)})" if files else ""

"""Rows whose id may have come before: the same content again is a duplicate, other content is a conflict."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pitboss.contract.arrow import product_columns, vault_columns
from pitboss.contract.sql import MARKS, literal, quoted, read_parts
from pitboss.landing.content import content_hash, contents
from pitboss.landing.context import Load
from pitboss.landing.gate import Refusal
from pitboss.landing.ledger import EventId
from pitboss.landing.privacy import hash_columns

_AT_ONCE = 250_000
"""Suspects compared at a time: they fit into a load's memory, and a day's parts are read once for so many."""


class Suspects:
    """The suspects of one event and load, put aside in tables of at most `_AT_ONCE` rows and one segment."""

    def __init__(self, load: Load, event: str, land: Callable[[str], None], record: Callable[[str, int], None]) -> None:
        self._load, self._event, self._land, self._record = load, event, land, record
        self._product = {column.name: column.data_type for column in product_columns(load.contracts, event)}
        self._vault = {column.name: column.data_type for column in vault_columns(load.contracts, event)}
        self._tables: list[str] = []
        self._room = 0

    def put_aside(self, positions: NDArray[np.int64], lines: NDArray[np.int64], rows: int) -> None:
        """Rows of the table `segment`, which has so many, wait for a comparison with the row that has their id."""
        aside = pa.table({"position": positions, "line": lines})  # noqa: F841 - read by DuckDB under its name
        query = "select segment.*, aside.line from aside join segment on segment.rowid = aside.position"
        if len(positions) == rows:
            query = "select segment.*, aside.line from segment positional join aside"
        if self._room < len(positions):
            self._tables.append(quoted(f"suspects_{self._event}_{len(self._tables)}"))
            self._room = _AT_ONCE
            self._load.connection.execute(f"create or replace temp table {self._tables[-1]} as {query}")
        else:
            self._load.connection.execute(f"insert into {self._tables[-1]} {query}")
        self._room -= len(positions)

    def resolve(self) -> None:
        """Compare each suspect with the landed rows of its id, whether those came with this load or an earlier one."""
        for table in self._tables:
            while self._compare(table):
                pass
            self._load.connection.execute(f"drop table {table}")

    def _compare(self, table: str) -> bool:
        """One round over a table; whether another is needed, because rows are left that came before anything landed with their id."""
        load, connection = self._load, self._load.connection
        load.parts.flush(self._event)
        asked = self._as_landed(table)
        days: list[date] = [day for (day,) in connection.execute(f"select distinct event_day from {asked}").fetchall()]
        landed, known = self._landed(days), self._known(days)
        beside = (
            f"{asked} as asked join {landed} as landed on landed.event_id = asked.event_id and landed.event_day = asked.event_day "
            f"left join {known} as known on known.event_id = landed.event_id and known.event_day = landed.event_day and known.load_seq = landed.load_seq"
        )
        same = self._is_same(frozenset())
        connection.execute(
            f"create or replace temp table compared as select asked.line, bool_or({same}) as is_same, "
            f"min(landed.load_seq) filter (where {same}) as same_seq from {beside} group by asked.line"
        )
        self._forgive(beside)
        [(duplicates, others)] = connection.execute("select count(*) filter (where is_same), count(*) filter (where not is_same) from compared").fetchall()
        [(rows,)] = connection.execute(f"select count(*) from {table}").fetchall()
        load.duplicates += duplicates
        self._name_repeats(asked)
        if others:
            kept = self._differ(asked, landed, known)
            if kept:
                connection.execute(f"create or replace temp table fresh as select * from {table} where line in ({', '.join(map(str, kept))})")
                self._land("fresh")
        if duplicates + others == rows:
            return False
        connection.execute(f"create or replace temp table left_over as select * from {table} anti join compared using (line)")
        # a hash that two ids share: the first of each id lands, the rest is compared with it
        connection.execute(
            "create or replace temp table fresh as select * from left_over where line in (select min(line) from left_over group by event_id, event_day)"
        )
        self._land("fresh")
        connection.execute(f"create or replace temp table {table} as select * from left_over anti join fresh using (line)")
        return True

    def _is_same(self, without: Collection[str]) -> str:
        """Condition that an asked row has the content of a landed one, columns left out that its file does not have."""
        same = [f"asked.{quoted(name)} is not distinct from landed.{quoted(name)}" for name in self._product if name not in without]
        same += [f"asked.{quoted(name)} is not distinct from known.{quoted(name)}" for name in self._vault]
        return " and ".join(same)

    def _forgive(self, beside: str) -> None:
        """A line that came before the contract knew one of its fields, and comes again now, is the same line."""
        connection = self._load.connection
        query = f"select distinct landed.filename from {beside} where asked.line in (select line from compared where not is_same)"
        for (file,) in connection.execute(query).fetchall():
            lacking = self._product.keys() - set(pq.read_schema(file).names)
            if lacking:
                found = (
                    f"select asked.line, min(landed.load_seq) as load_seq from {beside} "
                    f"where landed.filename = {literal(file)} and {self._is_same(lacking)} group by asked.line"
                )
                connection.execute(
                    f"update compared set is_same = true, same_seq = found.load_seq from ({found}) as found where not is_same and compared.line = found.line"
                )

    def _name_repeats(self, asked: str) -> None:
        """Name the duplicates of what came with other loads."""
        load = self._load
        query = f"select event_day, event_id, same_seq from {asked} join compared using (line) where is_same and same_seq <> {load.seq}"
        for day, event_id, same_seq in load.connection.execute(query).fetchall():
            load.repeats.add(EventId(self._event, day, event_id), same_seq)

    def _as_landed(self, table: str) -> str:
        """The table of suspects with hashes where the landing holds hashes."""
        columns = product_columns(self._load.contracts, self._event)
        if not any(column.pii == "hash" for column in columns):
            return table
        rows = self._load.connection.execute(f"select * from {table}").to_arrow_table()
        hashed = hash_columns(rows, columns, self._load.key)  # noqa: F841 - read by DuckDB under its name
        self._load.connection.execute("create or replace temp table asked_hashed as select * from hashed")
        return "asked_hashed"

    def _landed(self, days: Sequence[date], is_all: bool = False) -> str:
        load = self._load
        paths = [path for day in days for path in load.parts.paths("landing", self._event, day)]
        paths += [load.home.root / part.path for day in days for part in load.ledger.parts(self._event, day)]
        return self._rows(self._product, paths, is_all)

    def _known(self, days: Sequence[date], is_all: bool = False) -> str:
        load = self._load
        paths = [path for day in days for path in load.parts.paths("restricted/vault", self._event, day)]
        paths += [load.home.root / part.path for day in days for part in load.ledger.vault(self._event, day)]
        return self._rows({"event_id": "varchar", "ts": "timestamp", **self._vault}, paths, is_all)

    def _rows(self, columns: dict[str, str], paths: list[Path], is_all: bool = False) -> str:
        """Relation of the rows of files. Those that are withdrawn are left out unless all are wanted."""
        columns = {**columns, "load_seq": "bigint", **dict.fromkeys(MARKS, "boolean")}
        if not paths:
            nothing = ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in columns.items())
            return f"(select {nothing}, '' as filename, cast(null as date) as event_day where false)"
        read = f"select *, filename, cast(ts as date) as event_day from {read_parts(columns, paths)}"
        if is_all or not self._has_withdrawn:
            return f"({read})"
        gone = f"(select event_day, event_id, load_seq from withdrawn where event = {literal(self._event)})"
        return f"(select * from ({read}) as read anti join {gone} as gone using (event_day, event_id, load_seq))"

    @property
    def _has_withdrawn(self) -> bool:
        return self._load.connection.execute("select 1 from withdrawn where event = ? limit 1", [self._event]).fetchone() is not None

    def _differ(self, asked: str, landed: str, known: str) -> list[int]:
        """Rows with another content than the landed ones: a conflict, unless that was decided before. The lines that were decided for."""
        load, connection = self._load, self._load.connection
        both = [*self._product, *self._vault]
        rows = connection.execute(
            f"select line, event_day, event_id, {contents(both)} from {asked} semi join (from compared where not is_same) using (line) order by line"
        ).fetchall()
        names: dict[EventId, None] = {}
        kept: list[int] = []
        for line, day, event_id, content in rows:
            key = EventId(self._event, day, event_id)
            if line in load.kept:
                kept.append(line)
            elif (hashed := content_hash(content, load.key)) in load.ledger.refused(key):
                load.duplicates += 1
                load.repeats.add(key, None, hashed)
            else:
                names[key] = None
                load.quarantine.refuse_later(line, Refusal(self._event, day, "conflict", "/eventId", f"eventId {event_id} came with other content"))
                load.quarantine.keep_content(line, None, key, content)
        fresh = [key for key in names if key not in load.conflicts and not load.ledger.is_open(key)]
        load.conflicts.update(names)
        if fresh:
            self._dispute(fresh, landed, known)
        return kept

    def _dispute(self, fresh: list[EventId], landed: str, known: str) -> None:
        """Landed rows whose id is in conflict from now on: their content is kept beside the other, and what was amiss with them counts no more."""
        load, connection = self._load, self._load.connection
        connection.register("fresh_ids", pa.table({"event_day": [key.event_day for key in fresh], "event_id": [key.event_id for key in fresh]}))
        self._dig_out("fresh_ids", "event_id, event_day", landed, known)
        for key, seq, content in self._told():
            load.quarantine.keep_content(None, seq, key, content)
        for key in fresh:
            resolution = load.ledger.resolution(key)
            if resolution or key in load.ledger.set_aside:
                counting = resolution.kept_seq if resolution and key not in load.ledger.set_aside else 0
                connection.execute("delete from disputed where event_id = ? and event_day = ? and load_seq <> ?", [key.event_id, key.event_day, counting])
        self._record("disputed", -1)

    def recount(self, rows: str, sign: int) -> None:
        """Count what is amiss with landed rows, or take it back. `rows` is a relation with their `event_day`, `event_id` and `load_seq`."""
        days = self._days(rows)
        self._dig_out(rows, "event_id, event_day, load_seq", self._landed(days, is_all=True), self._known(days, is_all=True))
        self._record("disputed", sign)

    def standing(self, ids: str) -> Iterator[tuple[EventId, int, str]]:
        """The landed rows that stand of ids (a relation with `event_day` and `event_id`): each with its load sequence and its content."""
        days = self._days(ids)
        self._dig_out(ids, "event_id, event_day", self._landed(days), self._known(days))
        yield from self._told()

    def _days(self, rows: str) -> list[date]:
        return [day for (day,) in self._load.connection.execute(f"select distinct event_day from {rows}").fetchall()]

    def _dig_out(self, wanted: str, by: str, landed: str, known: str) -> None:
        """Make the table `disputed` of the landed rows that are wanted, personal fields and all."""
        vault = "".join(f", known.{quoted(name)}" for name in self._vault)
        self._load.connection.execute(
            f"create or replace temp table disputed as select landed.*{vault} from {landed} as landed semi join {wanted} as wanted using ({by}) "
            f"left join {known} as known on known.event_id = landed.event_id and known.event_day = landed.event_day and known.load_seq = landed.load_seq"
        )

    def _told(self) -> list[tuple[EventId, int, str]]:
        query = f"select load_seq, event_day, event_id, {contents([*self._product, *self._vault])} from disputed"
        return [(EventId(self._event, day, event_id), seq, content) for seq, day, event_id, content in self._load.connection.execute(query).fetchall()]

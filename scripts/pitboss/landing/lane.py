"""One event type of one load: lines are spooled here, parsed a segment at a time, checked, de-duplicated and handed on as typed rows.

The spool holds raw lines, so it lives in the restricted area and does not outlive its segment.
"""

import itertools
import re
from array import array
from collections import Counter
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pitboss.contract.arrow import product_columns, vault_columns
from pitboss.contract.sql import EventSql, event_sql, literal, quoted
from pitboss.landing.context import Load
from pitboss.landing.dedupe import SeenIds
from pitboss.landing.gate import Extra, Refusal
from pitboss.landing.privacy import derived_event_id, hash_columns, link_vault
from pitboss.landing.resolve import resolve_suspects, suspects_table

_BAD_DATA = (duckdb.DataError, duckdb.InvalidInputException, duckdb.OutOfMemoryException, UnicodeDecodeError)
"""What a line can make DuckDB raise: it quotes the line in its message, and may cut it inside a character. Nothing else is a line's fault."""
SEGMENT_BYTES = 16 << 20
_EPOCH = date(1970, 1, 1).toordinal()

Positions = NDArray[np.int64]


class Lane:
    """Takes the good lines of one event; what comes out goes to the load's parts, quarantine and counts."""

    def __init__(self, load: Load, event: str) -> None:
        self._load, self._event = load, event
        self._sql: EventSql = event_sql(load.contracts, event)
        self._product = product_columns(load.contracts, event)
        self._vault = vault_columns(load.contracts, event)
        self._seen = SeenIds(load.connection, load.home, load.ledger, event)
        self._spool = load.staged / "spool" / f"{event}.jsonl"
        self._file = self._open()
        self._numbers = array("q")
        self._longest = 0
        self._extras: dict[int, list[Extra]] = {}
        self._has_suspects = False
        self.landed = 0
        self.recorded: Counter[tuple[date | None, str, str]] = Counter()
        self.lags: list[NDArray[np.int64]] = []

    def add(self, lines: list[bytes], numbers: list[int]) -> None:
        """Spool lines of a block with their line numbers."""
        self._longest = max(self._longest, *map(len, lines))
        joined = b"\n".join(lines)
        if b"\r" in joined:  # white space between tokens, but DuckDB would take it for the end of a line
            joined = joined.replace(b"\r", b" ")
        self._file.write(joined)
        self._file.write(b"\n")
        self._numbers.extend(numbers)
        if self._file.tell() > SEGMENT_BYTES:
            self._process()

    def add_extras(self, number: int, extras: list[Extra]) -> None:
        """Remember the unknown fields of a line that was spooled."""
        self._extras[number] = extras

    def close(self) -> None:
        """Process what is left, and decide about the rows whose id came before."""
        if self._numbers:
            self._process()
        self._file.close()
        self._spool.unlink()
        if self._has_suspects:
            resolve_suspects(self._load, self._event, self.land)
        self._seen.write(self._load.staged, self._load.source.load_id)

    # ------------------------------------------------------------ a segment

    def _open(self) -> Any:
        self._spool.parent.mkdir(mode=0o700, exist_ok=True)
        file = self._spool.open("wb", buffering=1 << 18)
        self._spool.chmod(0o600)
        return file

    def _process(self) -> None:
        self._file.close()
        numbers = np.frombuffer(self._numbers, np.int64)
        numbers = numbers[self._parse(numbers)]
        rows = self._load.connection.execute(
            "select verdict, event_id is null as is_nameless, hash(event_id) as id_hash, "
            "case when verdict is null then date_diff('day', date '1970-01-01', cast(ts as date)) end as day, "
            "case when verdict is null then date_diff('millisecond', ts, received_ts) end as lag from segment"
        ).fetchnumpy()
        is_good = np.ma.getmaskarray(rows["verdict"]) if np.ma.isMaskedArray(rows["verdict"]) else np.zeros(len(numbers), np.bool_)
        self._refuse(np.flatnonzero(~is_good), numbers)
        hashes = np.ma.getdata(rows["id_hash"])
        nameless = np.flatnonzero(is_good & np.asarray(rows["is_nameless"], np.bool_))
        if len(nameless):
            hashes = self._name(nameless, hashes)
        days = np.ma.getdata(rows["day"])
        is_first = np.zeros(len(numbers), np.bool_)
        for day in np.unique(days[is_good]):
            at = np.flatnonzero(is_good & (days == day))
            is_first[at] = self._seen.first_times(date.fromordinal(int(day) + _EPOCH), hashes[at])
        suspects, landed = np.flatnonzero(is_good & ~is_first), np.flatnonzero(is_first)
        self._put_aside(suspects, numbers)
        self._keep_extras(landed, numbers, is_counted=True)
        self._keep_extras(suspects, numbers, is_counted=False)
        self._extras = {}
        self._hand_on(None if len(landed) == len(numbers) else landed)
        lag = rows["lag"]
        has_lag = ~np.ma.getmaskarray(lag) & is_first
        self.lags.append(np.ma.getdata(lag)[has_lag].astype(np.int64))
        self._file = self._open()
        self._numbers = array("q")

    def _parse(self, numbers: NDArray[np.int64]) -> Positions:
        """Fill the table `segment` from the spool; positions of the lines that got in. The others are refused."""
        kept = np.arange(len(numbers))
        for attempt in itertools.count():
            try:
                self._load.connection.execute(self._segment_query())
                return kept
            except _BAD_DATA as error:
                lines = self._spool.read_bytes().split(b"\n")[:-1]
                bad = self._blame(lines, str(error), attempt)
                for at, (reason, pointer) in bad.items():
                    said = str(error).splitlines()[0].rpartition(": ")[2][:200] if reason == "malformed_json" else ""
                    refusal = Refusal(self._event, None, reason, pointer, said)
                    self._load.quarantine.refuse_later(int(numbers[kept[at]]), refusal)
                kept = np.delete(kept, list(bad))
                self._spool.write_bytes(b"".join(line + b"\n" for at, line in enumerate(lines) if at not in bad))
        raise AssertionError("not reached")

    def _blame(self, lines: list[bytes], error: str, attempt: int) -> dict[int, tuple[str, str]]:
        """Which lines DuckDB cannot take: near the one it names, else (or when there are many) any of them, else by halves."""
        named = re.search(r" in line (\d+)", error)
        near = range(max(0, int(named[1]) - 3), min(len(lines), int(named[1]) + 2)) if named and attempt < 4 else range(0)
        if "Out of Memory" in error:
            bad = {at: ("line_too_long", "") for at, line in enumerate(lines) if len(line) == self._longest}
            return bad or {max(range(len(lines)), key=lambda at: len(lines[at])): ("line_too_long", "")}
        for places in (near, range(len(lines))):
            bad = {at: found for at in places if (found := self._load.gate.pairs_refusal(self._event, lines[at]))}
            if bad:
                return bad
            alone = [at for at in places if len(places) < 10 and self._is_refused(lines[at])]
            if alone:
                return dict.fromkeys(alone, ("malformed_json", ""))
        return {self._bisect(lines): ("malformed_json", "")}

    def _is_refused(self, line: bytes) -> bool:
        self._spool.write_bytes(line + b"\n")
        try:
            self._load.connection.execute(self._segment_query())
        except _BAD_DATA:
            return True
        return False

    def _segment_query(self) -> str:
        verdict = "".join(f" when not ({check.condition}) then {at}" for at, check in enumerate(self._sql.checks))
        columns = ", ".join(f"{expression} as {quoted(name)}" for name, expression in self._sql.typed.items())
        return (
            f"create or replace temp table segment as select *, cast(ts as date) as event_day from ("
            f"select {columns}, cast(case{verdict} end as smallint) as verdict "
            f"from read_json({literal(str(self._spool))}, format = 'newline_delimited', columns = {self._sql.json_columns}, "
            f"maximum_object_size = {max(1 << 20, 2 * self._longest)}) as line)"
        )

    def _bisect(self, lines: list[bytes]) -> int:
        """Index of the first line that DuckDB refuses, by halves."""
        low, high = 0, len(lines)
        while high - low > 1:
            middle = (low + high) // 2
            self._spool.write_bytes(b"".join(line + b"\n" for line in lines[low:middle]))
            try:
                self._load.connection.execute(self._segment_query())
                low = middle
            except _BAD_DATA:
                high = middle
        return low

    def _refuse(self, positions: Positions, numbers: NDArray[np.int64]) -> None:
        if not len(positions):
            return
        found = self._load.connection.execute(
            "select rowid, verdict, case when year(ts) between 1900 and 9999 then cast(ts as date) end from segment where verdict is not null"
        ).fetchall()
        for position, verdict, day in found:
            check = self._sql.checks[verdict]
            is_dated = (check.reason, check.pointer) != ("bad_timestamp", "/ts")
            refusal = Refusal(self._event, day if is_dated else None, check.reason, check.pointer, "")
            self._load.quarantine.refuse_later(int(numbers[position]), refusal)

    def _name(self, nameless: Positions, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Derive the ids of rows that came without one; the hashes with those of the derived ids."""
        wanted, ids = set(nameless.tolist()), []
        with self._spool.open("rb") as lines:
            for position, line in enumerate(lines):
                if position in wanted:
                    ids.append(derived_event_id(line, self._load.key))
        named = pa.table({"position": nameless, "event_id": ids})  # noqa: F841 - read by DuckDB under its name
        connection = self._load.connection
        connection.execute("update segment set event_id = named.event_id from named where segment.rowid = named.position")
        hashes = hashes.copy()
        hashes[nameless] = connection.execute("select hash(event_id) as h from named order by position").fetchnumpy()["h"]
        return hashes

    def _put_aside(self, suspects: Positions, numbers: NDArray[np.int64]) -> None:
        """Rows whose id came before wait for a comparison with the row that has it."""
        if not len(suspects):
            return
        aside = pa.table({"position": suspects, "line": numbers[suspects]})  # noqa: F841 - read by DuckDB under its name
        target = suspects_table(self._event)
        query = "select segment.*, aside.line from aside join segment on segment.rowid = aside.position order by aside.line"
        self._load.connection.execute(f"insert into {target} {query}" if self._has_suspects else f"create or replace temp table {target} as {query}")
        self._has_suspects = True

    def _keep_extras(self, rows: Positions, numbers: NDArray[np.int64], is_counted: bool) -> None:
        """Keep the unknown fields of rows. A repetition's are kept too, but only what lands is counted."""
        if not self._extras or not len(rows):
            return
        at = rows[np.isin(numbers[rows], np.fromiter(self._extras, np.int64))]
        kept = pa.table({"position": at, "line": numbers[at]})  # noqa: F841 - read by DuckDB under its name
        found = self._load.connection.execute(
            "select kept.line, event_id, cast(ts as date) from kept join segment on segment.rowid = kept.position order by kept.line"
        ).fetchall()
        for line, event_id, day in found:
            self._load.quarantine.keep_extras(line, self._event, event_id, self._extras[line])
            if is_counted:
                self.recorded[day, self._event, "unknown_field"] += 1

    # ------------------------------------------------------------ out

    def _hand_on(self, landed: Positions | None) -> None:
        """Typed rows of the segment to the parts: all of them, or those at the positions given."""
        rows = "segment"
        if landed is not None:
            if not len(landed):
                return
            chosen = pa.table({"position": landed})  # noqa: F841 - read by DuckDB under its name
            self._load.connection.execute("create or replace temp table fresh as select segment.* from chosen join segment on segment.rowid = chosen.position")
            rows = "fresh"
        self.land(rows)

    def land(self, rows: str) -> None:
        """Land all rows of a typed table: product columns to the landing, personal data to the vault, violations to the counts."""
        connection, load = self._load.connection, self._load
        bounds = connection.execute(f"select min(event_day), max(event_day), count(*) from {rows}").fetchone()
        assert bounds
        order = "" if bounds[0] == bounds[1] else " order by event_day"
        columns = ", ".join(quoted(column.name) for column in self._product)
        own = f"{literal(load.source.channel)} as inbox, event_day, cast({load.seq} as bigint) as load_seq"
        table = connection.execute(f"select {columns}, {own} from {rows}{order}").to_arrow_table()
        load.parts.add("landing", self._event, hash_columns(table, self._product, load.key))
        if self._vault:
            names = [quoted(column.name) for column in self._vault]
            is_any = f"coalesce({', '.join(f'cast({name} as varchar)' for name in names)}) is not null"
            personal = connection.execute(f"select event_id, player_id, ts, event_day, {', '.join(names)} from {rows} where {is_any}{order}").to_arrow_table()
            if personal.num_rows:
                load.parts.add("restricted/vault", self._event, link_vault(personal, load.key))
        self._record(rows)
        self.landed += bounds[2]

    def _record(self, rows: str) -> None:
        watches = self._sql.watches
        counts = "".join(f", count(*) filter (where {watch.condition})" for watch in watches)
        for day, *found in self._load.connection.execute(f"select event_day{counts} from {rows} group by event_day").fetchall():
            for watch, count in zip(watches, found, strict=True):
                if count:
                    self.recorded[day, self._event, watch.reason] += count

"""One event type of one load: lines are spooled, parsed a segment at a time, checked, de-duplicated and handed on as typed rows."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pitboss.contract.arrow import product_columns, vault_columns
from pitboss.contract.sql import MARKS, EventSql, event_sql, literal, quoted
from pitboss.landing.context import Load
from pitboss.landing.dedupe import SeenIds
from pitboss.landing.gate import Extra, Refusal
from pitboss.landing.ledger import EventId
from pitboss.landing.masking import Masking
from pitboss.landing.privacy import derived_event_id, hash_columns, link_vault
from pitboss.landing.resolve import Suspects
from pitboss.landing.segment import Positions, Segment

_EPOCH = date(1970, 1, 1).toordinal()


class Lane:
    """Takes the good lines of one event; what comes out goes to the load's parts, quarantine and counts."""

    def __init__(self, load: Load, event: str) -> None:
        self._load, self._event = load, event
        self._sql: EventSql = event_sql(load.contracts, event)
        self._product = product_columns(load.contracts, event)
        self._vault = vault_columns(load.contracts, event)
        self._masking = Masking(load.connection, self._product, load.key)
        self._seen = SeenIds(load.connection, load.home, load.ledger, event)
        load.home.disk.make_folder(load.staged / "spool", 0o700)
        self._segment = Segment(load.home.disk, load.connection, load.gate, event, self._sql, load.staged / "spool" / f"{event}.jsonl")
        self._suspects = Suspects(load, event, self._land_again, self.record)
        self._extras: dict[int, list[Extra]] = {}
        self.landed = 0
        self.recorded: Counter[tuple[date | None, str, str]] = Counter()

    def add(self, lines: list[bytes], numbers: list[int]) -> None:
        """Take lines of a block with their line numbers."""
        self._segment.add(lines, numbers)
        if self._segment.is_full:
            self._process()
            self._segment.clear()

    def add_extras(self, number: int, extras: list[Extra]) -> None:
        """Remember the unknown fields of a line that is added next."""
        self._extras[number] = extras

    def recount(self, rows: str, sign: int) -> None:
        """Count what is amiss with rows that landed before, or take it back. `rows` is a relation with `event_day`, `event_id` and `load_seq`."""
        self._suspects.recount(rows, sign)

    def standing(self, ids: str) -> Iterator[tuple[EventId, int, str]]:
        """The landed rows that stand of ids (a relation with `event_day` and `event_id`): each with its load sequence and its content."""
        yield from self._suspects.standing(ids)

    def close(self) -> None:
        """Process what is left, and decide about the rows whose id came before."""
        if not self._segment.is_empty:
            self._process()
        self._segment.remove()
        self._suspects.resolve()
        self._seen.write(self._load.staged, self._load.source.load_id)

    # ------------------------------------------------------------ a segment

    def _process(self) -> None:
        numbers = self._segment.parse(self._refuse_line)
        self._mask(numbers)
        rows = self._load.connection.execute(
            "select verdict, event_id is null as is_nameless, hash(event_id) as id_hash, "
            "case when verdict is null then date_diff('day', date '1970-01-01', cast(ts as date)) end as day, "
            "case when verdict is null and received_ts >= ts then date_diff('millisecond', ts, received_ts) end as lag from segment"
        ).fetchnumpy()
        is_good = np.ma.getmaskarray(rows["verdict"]) if np.ma.isMaskedArray(rows["verdict"]) else np.zeros(len(numbers), np.bool_)
        self._refuse_rows(np.flatnonzero(~is_good), numbers)
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
        if len(suspects):
            self._suspects.put_aside(suspects, numbers[suspects], len(numbers))
        self._keep_extras(landed, numbers, is_counted=True)
        self._keep_extras(suspects, numbers, is_counted=False)
        self._extras = {}
        self._hand_on(None if len(landed) == len(numbers) else landed)
        lag = rows["lag"]
        has_lag = ~np.ma.getmaskarray(lag) & is_first
        self._load.lags.add(np.ma.getdata(lag)[has_lag].astype(np.int64))

    def _refuse_line(self, number: int, reason: str, pointer: str, detail: str) -> None:
        self._load.quarantine.refuse_later(number, Refusal(self._event, None, reason, pointer, detail))

    def _refuse_rows(self, positions: Positions, numbers: NDArray[np.int64]) -> None:
        if not len(positions):
            return
        found = self._load.connection.execute(
            "select rowid, verdict, case when year(ts) between 1900 and 9999 then cast(ts as date) end from segment where verdict is not null"
        ).fetchall()
        for position, verdict, day in found:
            check = self._sql.checks[verdict]
            is_dated = (check.reason, check.pointer) != ("bad_timestamp", "/ts")
            refusal = Refusal(self._event, day if is_dated else None, check.reason, check.pointer, check.hint)
            self._load.quarantine.refuse_later(int(numbers[position]), refusal)

    def _name(self, nameless: Positions, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Derive the ids of rows that came without one; the hashes with those of the derived ids."""
        wanted = set(nameless.tolist())
        ids = [derived_event_id(line, self._load.key) for position, line in enumerate(self._segment.lines()) if position in wanted]
        named = pa.table({"position": nameless, "event_id": ids})  # noqa: F841 - read by DuckDB under its name
        connection = self._load.connection
        connection.execute("update segment set event_id = named.event_id from named where segment.rowid = named.position")
        hashes = hashes.copy()
        hashes[nameless] = connection.execute("select hash(event_id) as h from named order by position").fetchnumpy()["h"]
        return hashes

    def _mask(self, numbers: NDArray[np.int64]) -> None:
        """Mask personal data in product fields, and keep the values in the restricted area."""
        taken: list[tuple[int, str, str]] = []
        self._masking.apply(lambda position, field, value: taken.append((position, field, value)))
        if not taken:
            return
        wanted = pa.table({"position": sorted({position for position, _, _ in taken})})  # noqa: F841 - read by DuckDB under its name
        found = self._load.connection.execute(
            "select wanted.position, event_id, event_day from wanted join segment on segment.rowid = wanted.position"
        ).fetchall()
        named = {position: (event_id, day) for position, event_id, day in found}
        for position, field, value in taken:
            event_id, day = named[position]
            self._load.quarantine.keep_masked(int(numbers[position]), self._event, day, event_id, field, value)

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
            self._load.quarantine.keep_extras(line, self._event, day, event_id, self._extras[line])
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
        marks = ", ".join(f"bool_or({mark})" for mark in MARKS)
        bounds = connection.execute(f"select min(event_day), max(event_day), count(*), {marks} from {rows}").fetchone()
        assert bounds
        order = "" if bounds[0] == bounds[1] else " order by event_day"
        seq = f"cast({load.seq} as bigint) as load_seq"
        columns = ", ".join(quoted(column.name) for column in self._product)
        columns += "".join(f", {mark}" for mark, is_ever in zip(MARKS, bounds[3:], strict=True) if is_ever)
        table = connection.execute(f"select {columns}, {literal(load.source.channel)} as inbox, event_day, {seq} from {rows}{order}").to_arrow_table()
        load.parts.add("landing", self._event, hash_columns(table, self._product, load.key))
        if self._vault:
            names = [quoted(column.name) for column in self._vault]
            is_any = f"coalesce({', '.join(f'cast({name} as varchar)' for name in names)}) is not null"
            query = f"select event_id, player_id, ts, event_day, {seq}, {', '.join(names)} from {rows} where {is_any}{order}"
            personal = connection.execute(query).to_arrow_table()
            if personal.num_rows:
                load.parts.add("restricted/vault", self._event, link_vault(personal, load.key))
        self.record(self._not_set_aside(rows))
        self.landed += bounds[2]

    def _land_again(self, rows: str) -> None:
        """Land rows whose id came before. Their hashes stand with this load too: who lands beside it looks there."""
        query = f"select event_day, list(hash(event_id)) from {rows} group by event_day"
        for day, hashes in self._load.connection.execute(query).fetchall():
            self._seen.add(day, np.array(hashes, np.uint64))
        self.land(rows)

    def _not_set_aside(self, rows: str) -> str:
        """Rows without those of events that are set aside, which may come again after their load was retracted."""
        keys = [key for key in self._load.ledger.set_aside if key.event == self._event]
        if not keys:
            return rows
        left_out = ", ".join(f"(date '{key.event_day}', {literal(key.event_id)})" for key in keys)
        return f"(select * from {rows} where (event_day, event_id) not in ({left_out}))"

    def record(self, rows: str, sign: int = 1) -> None:
        """Count what is amiss with landed rows, or with a minus where they count no more."""
        watches = self._sql.watches
        counts = "".join(f", count(*) filter (where {watch.condition})" for watch in watches)
        for day, *found in self._load.connection.execute(f"select event_day{counts} from {rows} group by event_day").fetchall():
            for watch, count in zip(watches, found, strict=True):
                if count:
                    self.recorded[day, self._event, watch.reason] += sign * count

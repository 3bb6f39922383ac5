"""What becomes of landed rows, and of ids in conflict, when a load is retracted or stands again.

A landed row has holders: the load that landed it, and every load that brought it again as a duplicate. It counts as long as one of them
stands. An id in conflict is in conflict as long as two of its contents have a row or a line of a load that stands.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from pitboss.contract.sql import literal, read_parts
from pitboss.errors import LedgerError
from pitboss.landing.content import content_hash
from pitboss.landing.context import Load
from pitboss.landing.ledger import Correction, Entry, EventId, Part, Resolution, Violation, staged_path
from pitboss.landing.repeats import COLUMNS, repeats_path
from pitboss.landing.replay import spool
from pitboss.landing.rows import RowWriter
from pitboss.landing.session import Errand, Session
from pitboss.landing.sorter import Sorter
from pitboss.landing.waiting import quarantine
from pitboss.landing.withdrawn import ROW, SCHEMA, nothing

_ROW = ", ".join(ROW)
ID = "event, event_day, event_id"

Place = tuple[str, int]
"""A line in the quarantine: the id of its load, and its number."""


@dataclass
class Retraction:
    """One retraction, or its end, under way. The temporary tables hold landed rows (columns ROW):

    `held` those of the load; `others` those of them that another standing load holds, with the first of these; `moving` those that count
    no more, or again; `withdrawn` those that count no more, as it will be.
    """

    turn: Session
    load_id: str
    reason: str
    is_undone: bool
    conflict_ids: list[EventId] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)
    settled: list[EventId] = field(default_factory=list)
    recounted: list[tuple[EventId, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        ledger = self.turn.ledger
        self.members = [entry for entry in ledger.entries if entry.kind != "compaction" and ledger.root(entry.load_id) == self.load_id]
        self._since = ledger.retracted[self.load_id].seq if self.is_undone else ledger.next_seq

    def run(self) -> Entry:
        """Commit it."""
        with spool(self.turn, [], "", "") as source:
            entry = self.turn.bring(source, errand=Errand("retraction", work=self.work))
        assert entry
        return entry

    def work(self, load: Load, sorter: Sorter) -> dict[str, Any]:
        """All of it but the commit; the fields of the entry."""
        self._load, self._sorter, self._connection = load, sorter, load.connection
        self._find_held()
        named = self._named()
        self._refuse_unknown(named)
        before = self._standing(named)
        self._find_moving(before)
        self._sql(f"create or replace temp table withdrawn as select * from withdrawn anti join moving using ({_ROW})")
        if not self.is_undone:
            self._sql("insert into withdrawn select * from moving")
        with load.ledger.supposing([entry.load_id for entry in self.members], self.is_undone):
            self._reconsider(before)
        self._recount(before)
        corrections = self._corrections()
        sign = 1 if self.is_undone else -1
        refused = Counter({(v.day, v.event, v.reason): 0 for entry in self.members for v in entry.violations if v.is_quarantined})
        for entry in self.members:
            for v in entry.violations:
                if v.is_quarantined:
                    refused[v.day, v.event, v.reason] += sign * v.events
        return {
            "lines": sum(one.lines for one in corrections),
            "landed": sum(one.landed for one in corrections),
            "quarantined": sum(one.quarantined for one in corrections),
            "duplicates": sum(one.duplicates for one in corrections),
            "corrections": corrections,
            "loads": [entry.load_id for entry in self.members],
            "is_undone": self.is_undone,
            "withdrawn": self._write(),
            "conflict_ids": sorted(self.conflict_ids),
            "resolutions": self.resolutions,
            "settled": sorted(self.settled),
            "reason": self.reason,
            "file": self.members[0].file,
            "channel": self.members[0].channel,
            "closed_months": self._closed_months(before),
            "violations": [Violation(*place, True, count) for place, count in refused.items() if count],
        }

    def _refuse_unknown(self, named: Iterable[EventId]) -> None:
        """Rows of an event without a contract can be neither compared nor counted."""
        events = {event for (event,) in self._connection.execute("select distinct event from held").fetchall()} | {key.event for key in named}
        if unknown := sorted(events - self._load.contracts.events.keys()):
            what = f"has events of which no contract is left ({', '.join(unknown)}); nothing was changed"
            raise LedgerError(what, self.load_id, "Put the contract back first.")

    # ------------------------------------------------------------ rows

    def _find_held(self) -> None:
        """Make `loads_now`, `repeats`, `held` and `others`."""
        ledger, home = self.turn.ledger, self.turn.home
        entries = [entry for entry in ledger.entries if entry.kind != "compaction"]
        roots = [ledger.load(ledger.root(entry.load_id)) or entry for entry in entries]
        loads = pa.table(
            {
                "load_id": [entry.load_id for entry in entries],
                "seq": [entry.seq for entry in entries],
                "root": [root.load_id for root in roots],
                "root_seq": [root.seq for root in roots],
                "stands": [ledger.stands(root.load_id) for root in roots],
            }
        )
        self._connection.register("loads_now", loads)
        paths = [home.root / repeats_path(entry.load_id) for entry in entries if entry.repeated]
        read = f"select * from {read_parts(COLUMNS, paths)}" if paths else nothing(COLUMNS)
        self._sql(f"create or replace temp table repeats as select {_ROW}, content, root, root_seq, stands from ({read}) join loads_now using (load_id)")
        self._sql(f"create or replace temp table held as {nothing(ROW)}")
        days = defaultdict(set)
        for entry in self.members:
            for part in entry.parts:
                days[part.event].add(part.event_day)
        seqs = ", ".join(str(entry.seq) for entry in self.members)
        for event in sorted(days):
            self._sql(f"insert into held select {literal(event)}, * from ({self._landed(event, days[event])}) where load_seq in ({seqs})")
        mine = literal(self.load_id)
        self._sql(f"insert into held select {_ROW} from repeats where root = {mine} and load_seq is not null")
        self._sql("create or replace temp table held as select distinct * from held")  # a load may hold a row as its own, and as a duplicate
        self._sql(
            f"create or replace temp table others as select {_ROW}, min(root_seq) as root_seq, arg_min(root, root_seq) as root from ("
            f"select {_ROW}, root, root_seq from repeats where stands and root <> {mine} and load_seq is not null "
            f"union all select {_ROW}, root, root_seq from held join loads_now on load_seq = seq where stands and root <> {mine}"
            f") semi join held using ({_ROW}) group by {_ROW}"
        )

    def _landed(self, event: str, days: Iterable[Any]) -> str:
        """Query of the rows of an event's days, those that are withdrawn too: event_day, event_id, load_seq."""
        paths = [self.turn.home.root / part.path for day in days for part in self.turn.ledger.parts(event, day)]
        columns = {"event_id": "varchar", "ts": "timestamp", "load_seq": "bigint"}
        return f"select cast(ts as date) as event_day, event_id, load_seq from {read_parts(columns, paths)}"

    def _find_moving(self, before: dict[EventId, list[tuple[str, int]]]) -> None:
        """Make `moving`. A row of a load that comes back stays away where the same content has landed since; another content is one more
        id to think about, with the rows that stand before."""
        if not self.is_undone:
            self._sql(f"create or replace temp table moving as select * from held anti join withdrawn using ({_ROW}) anti join others using ({_ROW})")
            return
        self._sql(f"create or replace temp table moving as select * from held semi join withdrawn using ({_ROW})")
        self._sql(f"create or replace temp table present as {nothing(ROW)}")
        for event, days in self._connection.execute("select event, list(distinct event_day) from moving group by event").fetchall():
            self._sql(
                f"insert into present select {literal(event)}, * from ({self._landed(event, days)}) as landed "
                f"semi join (select event_day, event_id from moving where event = {literal(event)}) using (event_day, event_id)"
            )
        self._sql(f"create or replace temp table present as select * from present anti join withdrawn using ({_ROW})")
        many = f"select {ID} from present union select {ID} from moving group by {ID} having count(*) > 1"
        met = [EventId(*row) for row in self._connection.execute(many).fetchall()]
        if not met:
            return
        present = {(EventId(*row[:3]), row[3]) for row in self._connection.execute(f"select {_ROW} from present").fetchall()}
        self._sql(f"create or replace temp table withdrawn as select * from withdrawn anti join moving using ({_ROW})")
        away: list[tuple[EventId, int]] = []
        for key, rows in self._standing(met).items():
            theirs = {hashed: seq for hashed, seq in rows if (key, seq) in present}
            mine: set[str] = set()
            for hashed, seq in sorted(rows, key=lambda row: row[1]):
                if (key, seq) in present:
                    continue
                if hashed in theirs or hashed in mine:
                    away.append((key, seq))
                    if hashed in theirs:
                        self._load.repeats.add(key, theirs[hashed], load_id=self.load_id)
                    continue
                mine.add(hashed)
                if theirs:
                    before.setdefault(key, list(theirs.items()))
        self._connection.register("away", rows_table(away))
        self._sql(f"create or replace temp table moving as select * from moving anti join away using ({_ROW})")
        self._sql(f"insert into withdrawn select {_ROW} from away")

    # ------------------------------------------------------------ ids in conflict

    def _named(self) -> list[EventId]:
        """Ids that ever were in conflict and of which the load holds a row or a line."""
        ledger = self.turn.ledger
        ever = dict.fromkeys(key for entry in ledger.entries for key in entry.conflict_ids)
        if not ever:
            return []
        self._connection.register("ever_named", ids_table(ever))
        members = ", ".join(literal(entry.load_id) for entry in self.members)
        with ledger.supposing([entry.load_id for entry in self.members], is_undone=True), quarantine(self.turn.home, ledger, self._connection):
            rows = self._connection.execute(
                f"select distinct {ID} from ever_named semi join (select {ID} from held union all "
                f"select {ID} from contents where line is not null and load_id in ({members}) union all "
                f"select {ID} from repeats where content is not null and root = {literal(self.load_id)}) using ({ID})"
            ).fetchall()
        return [EventId(*row) for row in rows]

    def _standing(self, keys: Iterable[EventId]) -> dict[EventId, list[tuple[str, int]]]:
        """Of each id its rows that are not in `withdrawn`: the hash of the content, and the load sequence."""
        found: dict[EventId, list[tuple[str, int]]] = {key: [] for key in keys}
        for event in sorted({key.event for key in found}):
            self._connection.register("asked_ids", ids_table(key for key in found if key.event == event))
            for key, seq, content in self._sorter.lane(event).standing("asked_ids"):
                found[key].append((content_hash(content, self._load.key), seq))
        return found

    def _reconsider(self, before: dict[EventId, list[tuple[str, int]]]) -> None:
        """What is to be said about ids in conflict, now that other contents of them are left. `before` has their rows that counted till now."""
        if not before:
            return
        self._said = self._said_by_people(before.keys())
        after = self._standing(before)
        lines = self._lines(after)
        refused = defaultdict(set)
        query = f"select {ID}, content from repeats where content is not null and (stands or root = ?) and (? or root <> ?)"
        for *row, content in self._connection.execute(query, [self.load_id, self.is_undone, self.load_id]).fetchall():
            refused[EventId(*row)].add(content)
        ledger = self.turn.ledger
        for key, rows in after.items():
            seqs = dict(rows)
            live = set(seqs) | set(lines.get(key, {})) | refused[key]
            now: Resolution | bool | None = ledger.resolution(key) or ledger.is_open(key) or None
            then = self._verdict(key, now, seqs, live)
            was, will = (set(_counting(state, some)) for state, some in ((now, before[key]), (then, rows)))
            if key not in ledger.set_aside:
                self.recounted += [(key, seq, -1) for seq in was - will] + [(key, seq, 1) for seq in will - was]
            if then is None and now is not None:
                self.settled.append(key)
            elif then is True and now is not True:
                self.conflict_ids.append(key)
            elif isinstance(then, Resolution) and then != now:
                if now is None:
                    self.conflict_ids.append(key)
                self.resolutions.append(then)
        self._keep_contents()

    def _verdict(self, key: EventId, now: Resolution | bool | None, seqs: dict[str, int], live: set[str]) -> Resolution | bool | None:
        """None where an id is in no conflict, True where it is in an open one, or what is decided."""
        said = [one for one in (now, self._said.get(key)) if isinstance(one, Resolution)]
        told = [one for one in said if live and live <= {one.kept, *one.refused}]
        settled = next((one for one in told if not one.kept_seq), None)  # that none counts, also where one is left
        if not settled and len(live) < 2:
            return True if live - seqs.keys() else None  # a line that is left alone lands after this, see _settle
        settled = settled or next((one for one in told if one.kept in seqs), None)
        if not settled:
            return True
        return Resolution(*id_columns(key), seqs.get(settled.kept, 0), settled.kept, [one for one in settled.refused if one in live])

    def _said_by_people(self, keys: Collection[EventId]) -> dict[EventId, Resolution]:
        """What somebody has decided about ids, of all contents that came: it holds again when they are there again."""
        said: dict[EventId, Resolution] = {}
        for entry in self.turn.ledger.entries if self.is_undone else ():
            if entry.kind != "retraction":
                for key in entry.conflict_ids:
                    said.pop(key, None)
            if entry.kind == "resolution":
                said.update((one.key, one) for one in entry.resolutions if one.key in keys)
        return said

    def _lines(self, keys: Iterable[EventId]) -> dict[EventId, dict[str, list[Place]]]:
        """The lines of the quarantine that ids in conflict have, by the hash of their content, in the order in which they came."""
        found: dict[EventId, dict[str, list[Place]]] = {}
        ledger = self.turn.ledger
        with quarantine(self.turn.home, ledger, self._connection):
            self._connection.register("asked_ids", ids_table(keys))
            rows = self._connection.execute(
                f"select {ID}, content, load_id, line from contents semi join asked_ids using ({ID}) semi join evidence using (load_id, line)"
            ).fetchall()
        for *key, content, load_id, line in sorted(rows, key=lambda row: (ledger.seq(row[4]), row[5])):
            found.setdefault(EventId(*key), {}).setdefault(content_hash(content, self._load.key), []).append((load_id, line))
        return found

    def _keep_contents(self) -> None:
        """Have the contents of landed rows at hand for whoever decides about ids that are in conflict from now on."""
        for event in sorted({key.event for key in self.conflict_ids}):
            self._connection.register("asked_ids", ids_table(key for key in self.conflict_ids if key.event == event))
            for key, seq, content in self._sorter.lane(event).standing("asked_ids"):
                self._load.quarantine.keep_content(None, seq, key, content)

    # ------------------------------------------------------------ what the entry says

    def _recount(self, named: Iterable[EventId]) -> None:
        """Count what is amiss with rows that count no more, or again."""
        apart = ids_table({*named, *self.turn.ledger.set_aside})
        self._connection.register("apart", apart)
        sign = 1 if self.is_undone else -1
        self._sql(f"create or replace temp table recounted as select *, {sign} as sign from moving anti join apart using ({ID})")
        if self.recounted:
            rows = [(*id_columns(key), seq, change) for key, seq, change in self.recounted]
            self._connection.executemany("insert into recounted values (?, ?, ?, ?, ?)", rows)
        for event, change in self._connection.execute("select distinct event, sign from recounted order by all").fetchall():
            rows_of = f"(select event_day, event_id, load_seq from recounted where event = {literal(event)} and sign = {change})"
            self._sorter.lane(event).recount(rows_of, change)

    def _corrections(self) -> list[Correction]:
        """What the lines of loads are now. A row stands with the load that landed it, else with the first of those that hold it."""
        ledger, mine = self.turn.ledger, self.load_id
        [(own_seq,)] = self._connection.execute("select root_seq from loads_now where load_id = ?", [mine]).fetchall()
        passed = self._connection.execute(
            f"select others.root, count(*) from held join others using ({_ROW}) left join loads_now as lander on held.load_seq = lander.seq "
            f"where lander.root = {literal(mine)} or (not lander.stands and others.root_seq > {own_seq}) group by others.root order by others.root"
        ).fetchall()
        [(moved,)] = self._connection.execute("select count(*) from moving").fetchall()
        if self.is_undone:
            last = ledger.entries[self._since - 1]
            [was] = [one for one in last.corrections if one.load_id == mine]
            landed = moved + sum(rows for _, rows in passed)
            own = Correction(mine, -was.lines, landed, -was.quarantined, -was.lines + was.quarantined - landed)
        else:
            own = Correction(mine, *(-count for count in ledger.accounts()[mine]))
        sign = -1 if self.is_undone else 1
        return [own, *(Correction(root, 0, sign * rows, 0, -sign * rows) for root, rows in passed)]

    def _write(self) -> list[Part]:
        load, day = self._load, self.turn.landed_at.date()
        path = f"withdrawn/dt={day}/{load.source.load_id}-0.parquet"
        writer = RowWriter(load.home.disk, staged_path(load.staged, path), SCHEMA, 0o640)
        rows = self._connection.execute(f"select {_ROW} from moving order by all")
        while some := rows.fetchmany(100_000):
            for row in some:
                writer.add((*row, load.seq, 1 if self.is_undone else -1))
        writer.close()
        return [Part("withdrawn", day, writer.count, path)] if writer.count else []

    def _closed_months(self, named: Iterable[EventId]) -> list[str]:
        days = {day for (day,) in self._connection.execute("select distinct event_day from moving").fetchall()} | {key.event_day for key in named}
        return sorted({f"{day:%Y-%m}" for day in days} - {f"{self.turn.landed_at:%Y-%m}"})

    def _sql(self, query: str) -> None:
        self._connection.execute(query)


def _counting(state: Resolution | bool | None, rows: Iterable[tuple[str, int]]) -> Iterator[int]:
    """Load sequences of those of an id's rows that count."""
    for _, seq in rows:
        if state is None or (isinstance(state, Resolution) and seq == state.kept_seq):
            yield seq


def id_columns(key: EventId) -> tuple[str, date, str]:
    return key.event, key.event_day, key.event_id


def ids_table(keys: Iterable[EventId]) -> pa.Table:
    """Ids as a table for DuckDB."""
    rows = [id_columns(key) for key in keys]
    kinds = {"event": pa.string(), "event_day": pa.date32(), "event_id": pa.string()}
    return pa.table({name: pa.array([row[at] for row in rows], kind) for at, (name, kind) in enumerate(kinds.items())})


def rows_table(rows: Sequence[tuple[EventId, int]]) -> pa.Table:
    """Landed rows as a table for DuckDB."""
    return ids_table(key for key, _ in rows).append_column("load_seq", pa.array([seq for _, seq in rows], pa.int64()))

"""A home held for writing: what brings lines into it, whether from a file or out of the quarantine, as one ledger entry each."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import msgspec
import pyarrow as pa

from pitboss.contract.model import Contracts
from pitboss.contract.read import read_contracts
from pitboss.errors import LedgerError
from pitboss.home import Home
from pitboss.landing.context import Load
from pitboss.landing.gate import Gate
from pitboss.landing.ledger import Correction, Entry, EventId, Kind, Ledger, Resolution, Violation, discarding, recover
from pitboss.landing.memory import return_freed_memory
from pitboss.landing.parts import Parts
from pitboss.landing.quarantine import Origin, Quarantine
from pitboss.landing.repeats import Repeats
from pitboss.landing.sorter import Sorter
from pitboss.landing.source import Source
from pitboss.landing.withdrawn import make_withdrawn

AHEAD = timedelta(hours=24)
"""An event further ahead of the landing clock than this has a wrong clock."""
_MEMORY = "500MB"

Progress = Callable[[Path, int], None]
"""Called with a file and the bytes (decompressed) that have been read of it since the last call."""
Judge = Callable[[Home, Entry, Path, Ledger, duckdb.DuckDBPyConnection, Contracts], None]
"""Called with an entry that is staged and not committed yet; an error that it raises keeps the load out."""


class Leaving(NamedTuple):
    """A further line of a content that counts now: it leaves the quarantine of its load and is a duplicate."""

    load_id: str
    origin: Origin
    raw: bytes
    key: EventId


Work = Callable[[Load, Sorter], dict[str, Any]]
"""What an errand does beside bringing lines; it gives fields of the entry."""


@dataclass(frozen=True)
class Errand:
    """What lines are brought for: a file to land, or something to be done about the quarantine."""

    kind: Kind = "load"
    origin_id: str = ""
    """Id of the load in whose quarantine the lines lie."""
    origins: Sequence[Origin] = ()
    """What they are there."""
    kept: frozenset[int] = frozenset()
    """Lines that land although their id has landed with other content."""
    leaving: Sequence[Leaving] = ()
    resolutions: Sequence[Resolution] = ()
    settled: Sequence[EventId] = ()
    """Ids that are in conflict no more."""
    recount: Sequence[tuple[EventId, int, int]] = ()
    """Landed rows, by their id and load sequence, that count from now on (1) or no more (-1)."""
    work: Work | None = None


_LANDING = Errand()


@dataclass
class Session:
    """One process's turn at a home. `now` is the landing clock."""

    home: Home
    contracts: Contracts
    gate: Gate
    ledger: Ledger
    connection: duckdb.DuckDBPyConnection
    now: datetime

    @property
    def landed_at(self) -> datetime:
        """The landing clock as the ledger has it: UTC without a zone."""
        return self.now.astimezone(UTC).replace(tzinfo=None)

    def named(self, source: Source) -> Source:
        """A source under the id that its content has here."""
        return replace(source, load_id=self.ledger.load_id(source.load_id))

    def bring(self, source: Source, progress: Progress = lambda path, size: None, judge: Judge | None = None, errand: Errand = _LANDING) -> Entry | None:
        """Bring a source in as one entry, whole or not at all. None where a replay would change nothing."""
        staged = self.home.incoming / source.load_id
        with discarding(self.home, self.ledger, staged):
            entry = self.stage(source, staged, self.ledger.next_seq, progress, errand)
            if errand.kind == "replay" and not entry.refusals:
                self.home.disk.remove_folder(staged)
                return None
            return self.commit(entry, staged, judge)

    def commit(self, entry: Entry, staged: Path, judge: Judge | None = None) -> Entry:
        """Make what is staged count, unless the judge keeps it out."""
        if judge:
            judge(self.home, entry, staged, self.ledger, self.connection, self.contracts)
        return self.ledger.commit(entry, staged)

    def stage(self, source: Source, staged: Path, seq: int, progress: Progress, errand: Errand = _LANDING) -> Entry:
        """Everything but the commit: the files of the entry in the folder `staged`, and the entry."""
        disk, key = self.home.disk, self.home.key()
        self.connection.execute(f"set variable latest_ts = timestamp '{self.landed_at + AHEAD}'")
        disk.make_folder(staged, 0o700)
        parts = Parts(disk, staged, source.load_id)
        quarantine = Quarantine(disk, source, staged, seq, key, self.landed_at, errand.origins)
        repeats = Repeats(disk, staged, source.load_id)
        make_withdrawn(self.connection, self.home, self.ledger)
        load = Load(self.home, self.contracts, self.gate, self.ledger, self.connection, key, source, seq, staged, parts, quarantine, repeats, kept=errand.kept)
        for line in errand.leaving:
            quarantine.leave(line.load_id, line.origin, line.raw)
            repeats.add(line.key, seq, load_id=line.load_id)
            load.duplicates += 1
        entry = _balanced(self._pass(load, errand, progress))
        disk.remove_folder(staged / "spool")
        return entry

    def _pass(self, load: Load, errand: Errand, progress: Progress) -> Entry:
        sorter = Sorter(load)
        sorter.run(progress)
        for key, seq, sign in errand.recount:
            row = pa.table({"event_day": [key.event_day], "event_id": [key.event_id], "load_seq": [seq]})
            self.connection.register("recounted", row)
            sorter.lane(key.event).recount("recounted", sign)
        more = errand.work(load, sorter) if errand.work else {}
        recorded: Counter[tuple[date | None, str, str]] = Counter()
        for lane in sorter.lanes.values():
            lane.close()
            recorded.update(lane.recorded)
        violations = [Violation(day, event, reason, False, count) for (day, event, reason), count in recorded.items() if count]
        violations += load.quarantine.close(errand.origin_id)
        violations += more.pop("violations", [])
        load.parts.close()
        load.repeats.close()
        entry = Entry(
            seq=load.seq,
            kind=errand.kind,
            load_id=load.source.load_id,
            previous=load.ledger.head,
            landed_at=self.landed_at,
            file=load.source.name,
            channel=load.source.channel,
            bytes=load.source.bytes if errand.kind == "load" else 0,
            lines=sorter.lines if errand.kind == "load" else 0,
            blank_lines=sorter.blank,
            landed=sum(lane.landed for lane in sorter.lanes.values()),
            quarantined=load.quarantine.lines,
            duplicates=load.duplicates + load.quarantine.repeats,
            conflicts=sum(v.events for v in violations if v.reason == "conflict"),
            lag_p50_s=load.lags.percentile_s(0.50),
            lag_p95_s=load.lags.percentile_s(0.95),
            parts=sorted(load.parts.landed, key=lambda part: part.path),
            vault=sorted(load.parts.vault, key=lambda part: part.path),
            refusals=load.quarantine.parts,
            violations=sorted(violations, key=lambda v: (str(v.day), v.event, v.reason)),
            conflict_ids=sorted(load.conflicts),
            resolutions=list(errand.resolutions),
            settled=list(errand.settled),
            origin=errand.origin_id,
            repeated=load.repeats.count,
        )
        return msgspec.structs.replace(entry, **{"corrections": self._foreign(entry, errand), **more})

    def _foreign(self, entry: Entry, errand: Errand) -> list[Correction]:
        """Where lines of other loads left the quarantine: what of the entry is theirs, and what is left for the load that it is about."""
        loads = Counter(self.ledger.root(line.load_id) for line in errand.leaving)
        own = self.ledger.root(errand.origin_id)
        loads.pop(own, None)
        if not loads:
            return []
        rest = Correction(own, entry.lines, entry.landed, entry.quarantined + loads.total(), entry.duplicates - loads.total())
        return [rest, *(Correction(load_id, 0, 0, -lines, lines) for load_id, lines in sorted(loads.items()))]


@contextmanager
def session(home: Home, now: datetime | None = None, contracts: Contracts | None = None) -> Iterator[Session]:
    """Hold a home for writing, with everything finished that was left committed and unfinished.

    Raises:
        LockedError: another process is writing to the home.
    """
    return_freed_memory()
    with home.lock():
        home.disk.remove_folder(home.restricted / "sort")
        home.disk.make_folder(home.restricted / "sort", 0o700)
        ledger = Ledger(home)
        recover(home, ledger)
        turn = connected(home, ledger, contracts or read_contracts(), now or datetime.now(UTC))
        with turn.connection:
            yield turn


def connected(home: Home, ledger: Ledger, contracts: Contracts, now: datetime) -> Session:
    """A turn with a connection of its own. Without the lock it may stage and not commit."""
    connection = duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY, "temp_directory": str(home.restricted / "sort" / str(os.getpid()))})
    connection.execute("set timezone = 'UTC'")
    return Session(home, contracts, Gate(contracts), ledger, connection, now)


def _balanced(entry: Entry) -> Entry:
    """The entry, whose lines must all be accounted for; a load that cannot say where a line went does not land."""
    if entry.lines != entry.landed + entry.quarantined + entry.duplicates:
        raise LedgerError(
            f"{entry.lines} lines, but {entry.landed} landed, {entry.quarantined} quarantined and {entry.duplicates} duplicates; nothing was landed",
            entry.file,
            "This is a defect of pitboss: please report it with the file.",
        )
    return entry

"""`pitboss land`: each file is one load, which lands whole or not at all."""

import errno
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pyarrow as pa

from pitboss.contract.model import Contracts
from pitboss.contract.read import read_contracts
from pitboss.errors import LedgerError, SourceError
from pitboss.home import Home
from pitboss.landing.context import Load
from pitboss.landing.gate import UNREADABLE, Gate, Refusal
from pitboss.landing.lane import Lane
from pitboss.landing.ledger import Entry, Ledger, Violation, recover
from pitboss.landing.memory import return_freed_memory
from pitboss.landing.parts import Parts
from pitboss.landing.quarantine import Quarantine
from pitboss.landing.source import Block, blocks, examine

AHEAD = timedelta(hours=24)
"""An event further ahead of the landing clock than this has a wrong clock."""
_MEMORY = "500MB"

Progress = Callable[[Path, int], None]
"""Called with a file and the bytes (decompressed) that have been read of it since the last call."""


@dataclass(frozen=True)
class Landed:
    """What became of one file. Exactly one of `entry` and `error` is set; `is_known` where the content was landed before."""

    path: Path
    entry: Entry | None
    is_known: bool = False
    error: SourceError | None = None


def land(
    home: Home,
    files: Iterable[tuple[Path, str]],
    progress: Progress = lambda path, size: None,
    now: datetime | None = None,
    contracts: Contracts | None = None,
) -> Iterator[Landed]:
    """Land files, each with its channel, one after the other. A file that cannot be read lands nothing; the others land.

    `now` is the landing clock and `contracts` what to hold the lines against; left out, they are the time and the project's own.

    Raises:
        LockedError: another process is writing to the home.
    """
    return_freed_memory()
    with home.lock():
        shutil.rmtree(home.restricted / "sort", ignore_errors=True)
        ledger = Ledger(home)
        contracts = contracts or read_contracts()
        gate = Gate(contracts)
        with _connect(home) as connection:
            for path, channel in files:
                recover(home, ledger)
                try:
                    source = examine(path, channel)
                    known = ledger.load(source.load_id)
                    if known:
                        progress(path, source.bytes)
                        yield Landed(path, known, is_known=True)
                        continue
                    staged = home.incoming / source.load_id
                    parts, quarantine = Parts(staged, source.load_id), Quarantine(source, staged)
                    load = Load(home, contracts, gate, ledger, connection, home.key(), source, ledger.next_seq, staged, parts, quarantine, set())
                    yield Landed(path, _land(load, progress, now or datetime.now(UTC)))
                except SourceError as error:
                    yield Landed(path, None, error=error)
                except (OSError, duckdb.Error, pa.ArrowException) as error:
                    yield Landed(path, None, error=_failure(home, path, error))


def _land(load: Load, progress: Progress, now: datetime) -> Entry:
    load.connection.execute(f"set variable latest_ts = timestamp '{(now.astimezone(UTC) + AHEAD).replace(tzinfo=None)}'")
    load.staged.mkdir(mode=0o700)
    try:
        entry = _balanced(_Run(load, progress).run(now))
        shutil.rmtree(load.staged / "spool", ignore_errors=True)
        load.ledger.commit(entry, load.staged)
    except BaseException:
        if not load.ledger.load(load.source.load_id):
            shutil.rmtree(load.staged, ignore_errors=True)
        raise
    return entry


def _failure(home: Home, path: Path, error: Exception) -> SourceError:
    text = str(error).splitlines()[0]
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return SourceError("could not be landed, the disk is full", str(path), f"Make room for {home.root} and run the command again.")
    return SourceError(f"could not be landed ({text})", str(path), "Run the command again; what was committed is kept, the rest starts anew.")


def _connect(home: Home) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY, "temp_directory": str(home.restricted / "sort")})
    connection.execute("set timezone = 'UTC'")
    return connection


def _balanced(entry: Entry) -> Entry:
    """The entry, whose lines must all be accounted for; a load that cannot say where a line went does not land."""
    if entry.lines != entry.landed + entry.quarantined + entry.duplicates:
        raise LedgerError(
            f"{entry.lines} lines, but {entry.landed} landed, {entry.quarantined} quarantined and {entry.duplicates} duplicates; nothing was landed",
            entry.file,
            "This is a defect of pitboss: please report it with the file.",
        )
    return entry


class _Run:
    """The pass over one file: every line goes to the lane of its event, or to the quarantine."""

    def __init__(self, load: Load, progress: Progress) -> None:
        self._load, self._progress = load, progress
        self._lanes: dict[str, Lane] = {}
        self._lines = 0
        self._blank = 0

    def run(self, now: datetime) -> Entry:
        load = self._load
        done = 0
        for block in blocks(load.source):
            self._sort(block)
            self._progress(load.source.path, block.offset - done)
            done = block.offset
        self._progress(load.source.path, load.source.bytes - done)
        recorded: Counter[tuple[date | None, str, str]] = Counter()
        for lane in self._lanes.values():
            lane.close()
            recorded.update(lane.recorded)
        violations = [Violation(day, event, reason, False, count) for (day, event, reason), count in recorded.items()]
        violations += load.quarantine.close()
        lags = np.concatenate([lag for lane in self._lanes.values() for lag in lane.lags] or [np.empty(0, np.int64)])
        p50, p95 = (float(q) / 1000 for q in np.percentile(lags, [50, 95])) if len(lags) else (None, None)
        return Entry(
            seq=load.seq,
            kind="load",
            load_id=load.source.load_id,
            previous=load.ledger.head,
            landed_at=now.astimezone(UTC).replace(tzinfo=None),
            file=load.source.name,
            channel=load.source.channel,
            bytes=load.source.bytes,
            lines=self._lines,
            blank_lines=self._blank,
            landed=sum(lane.landed for lane in self._lanes.values()),
            quarantined=load.quarantine.lines,
            duplicates=load.duplicates,
            conflicts=sum(v.events for v in violations if v.reason == "conflict"),
            lag_p50_s=p50,
            lag_p95_s=p95,
            parts=sorted(load.parts.close(), key=lambda part: part.path),
            violations=sorted(violations, key=lambda v: (str(v.day), v.event, v.reason)),
            conflict_ids=sorted(load.conflicts, key=lambda c: (c.event, c.event_day, c.event_id)),
        )

    def _sort(self, block: Block) -> None:
        load = self._load
        if block.is_cut:
            self._lines += 1
            refusal = Refusal("unknown", None, "line_too_long", "", "longer than 16 MiB; its beginning is kept")
            load.quarantine.refuse(block.first_line, block.offset, block.lines[0], refusal)
            return
        decode, types = load.gate.decode, load.gate.types
        good: dict[type[msgspec.Struct], tuple[list[bytes], list[int]]] = {kind: ([], []) for kind in types}
        blank = 0
        known, offset = 0, block.offset  # the offset of the line at index `known`
        for number, line in enumerate(block.lines, block.first_line):
            try:
                lines, numbers = good[decode(line).__class__]
                lines.append(line)
                numbers.append(number)
            except UNREADABLE as error:
                if not line.strip(b" \t\r"):
                    blank += 1
                    continue
                at = number - block.first_line
                offset += sum(map(len, block.lines[known:at])) + at - known
                known = at
                self._reconsider(number, offset, line, error)
        self._blank += blank
        self._lines += len(block.lines) - blank
        for kind, (lines, numbers) in good.items():
            if lines:
                self._lane(types[kind]).add(lines, numbers)

    def _reconsider(self, number: int, offset: int, line: bytes, error: Exception) -> None:
        load = self._load
        verdict = load.gate.reconsider(line, error)
        if isinstance(verdict, Refusal):
            load.quarantine.refuse(number, offset, line, verdict)
        else:
            event, extras = verdict
            lane = self._lane(event)
            lane.add_extras(number, extras)
            lane.add([line], [number])

    def _lane(self, event: str) -> Lane:
        lane = self._lanes.get(event)
        if lane is None:
            lane = self._lanes[event] = Lane(self._load, event)
        return lane

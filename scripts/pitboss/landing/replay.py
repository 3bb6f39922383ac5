"""Taking lines out of the quarantine: through the gate again, or by a decision about a conflict. Each is one ledger entry."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from pitboss.errors import QuarantineError
from pitboss.home import Home
from pitboss.landing.ledger import Entry, EventId, Resolution
from pitboss.landing.quarantine import Origin
from pitboss.landing.session import Errand, Leaving, Progress, Session
from pitboss.landing.source import Source
from pitboss.landing.waiting import Content, Line, batch, in_conflict, loads, quarantine

AGAIN = "reason not in ('conflict', 'line_too_long')"
"""A conflict is decided, not tried again; of a line that is too long only the beginning was kept."""
_BOM = b"\xef\xbb\xbf"


def _silent(path: Path, size: int) -> None:
    """Progress of what takes no time."""


@dataclass(frozen=True)
class _Spool(Source):
    """Lines out of the quarantine, under the name of the file that they came with."""

    file: str

    @property
    def name(self) -> str:
        return self.file


@dataclass(frozen=True)
class Tried:
    """What became of lines that went through the gate again. `entry` is none where all of them stay where they are.

    `moved` were refused again, for another reason.
    """

    channel: str
    file: str
    lines: int
    entry: Entry | None
    moved: int

    @property
    def stayed(self) -> int:
        """Lines that were refused again for the same reason."""
        return self.lines - (self.entry.landed + self.entry.duplicates + self.moved if self.entry else 0)


def replay(turn: Session, where: str = "true", progress: Progress = _silent) -> Iterator[Tried]:
    """Put quarantined lines through the gate again, an entry or more for each load that they came with.

    `where` is a condition on the columns of the quarantine. A line that is refused again for the same reason stays where it is.
    Any other lands, is a duplicate, or is quarantined for the reason that it has now; it has left its old place for good.
    """
    chosen = f"({where}) and {AGAIN}"
    with quarantine(turn.home, turn.ledger, turn.connection) as connection:
        found = loads(connection, turn.ledger, chosen)
    for load_id in found:
        after = 0
        while some := _batch(turn, load_id, chosen, after):
            after = some[-1].line
            with spool(turn, [line.raw for line in some], some[0].channel, some[0].file) as source:
                entry = turn.bring(source, progress, errand=Errand("replay", load_id, [origin(line) for line in some]))
            moved = turn.home.restricted / "quarantine" / f"{entry.load_id}.parquet" if entry else None
            yield Tried(some[0].channel, some[0].file, len(some), entry, pq.read_metadata(moved).num_rows if moved and moved.exists() else 0)


def decide(turn: Session, key: EventId, contents: Sequence[Content], keep: Content | None) -> Entry:
    """Decide which content of an id in conflict counts, or that none does. Another decision may follow later.

    The line that is kept lands and leaves the quarantine; those decided against stay there as evidence.
    """
    before = turn.ledger.resolution(key)
    refused = [content.hash for content in contents if content is not keep]
    seq = 0 if keep is None else keep.load_seq or turn.ledger.next_seq
    if before and before.kept_seq == seq:
        raise QuarantineError("that is what was decided before; nothing was changed", key.event_id)
    resolution = Resolution(key.event, key.event_day, key.event_id, seq, keep.hash if keep else "", refused)
    is_told = key not in turn.ledger.set_aside  # what is amiss with an event that is set aside is not counted, whatever is decided
    recount = [(key, before.kept_seq, -1)] if is_told and before and before.kept_seq else []
    if keep is None or keep.load_seq:
        recount += [(key, keep.load_seq, 1)] if is_told and keep and keep.load_seq else []
        with spool(turn, [], "", "") as source:
            entry = turn.bring(source, errand=Errand("resolution", resolutions=[resolution], recount=recount))
    else:
        first, *others = [line for load_id, at in keep.lines for line in _batch(turn, load_id, f"line = {at}", view="evidence")]
        left = [Leaving(line.load_id, origin(line), line.raw, key) for line in others]
        errand = Errand("resolution", first.load_id, [origin(first)], frozenset({1}), left, [resolution], recount=recount)
        with spool(turn, [first.raw], first.channel, first.file) as source:
            entry = turn.bring(source, _silent, _must_land, errand)
    assert entry
    return entry


def _must_land(home: Home, entry: Entry, *_: object) -> None:
    if not entry.landed:
        reasons = ", ".join(sorted({v.reason for v in entry.violations if v.is_quarantined and v.events > 0}))
        raise QuarantineError(f"the gate refuses this content now ({reasons}); nothing was changed", str(home.root), "Keep another one, or none.")


def conflict(turn: Session, event_id: str, event: str | None = None, day: date | None = None) -> tuple[EventId, Sequence[Content]]:
    """The id that is meant, and its contents.

    Raises:
        QuarantineError: no such id is in conflict, or more than one event or day has it.
    """
    with quarantine(turn.home, turn.ledger, turn.connection) as connection:
        return in_conflict(connection, turn.home, turn.ledger, event_id, event, day)


def _batch(turn: Session, load_id: str, where: str, after: int = 0, view: str = "waiting") -> list[Line]:
    with quarantine(turn.home, turn.ledger, turn.connection, load_id) as connection:
        return batch(connection, where, after, view)


def origin(line: Line) -> Origin:
    return Origin(line.line, line.byte_offset, line.event, line.day, line.reason, line.pointer)


@contextmanager
def spool(turn: Session, lines: Sequence[bytes], channel: str, file: str) -> Iterator[Source]:
    """Lines as a source in the restricted area. Its id tells it from every other entry; a crash leaves nothing that counts."""
    load_id = hashlib.sha256(f"{turn.ledger.head} {turn.ledger.next_seq}".encode()).hexdigest()[:32]
    path = turn.home.incoming / f"{load_id}.jsonl"
    try:
        content = _BOM + b"".join(line + b"\n" for line in lines)
        turn.home.disk.write(path, content)
        status = path.stat()
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
        yield _Spool(path, channel, load_id, len(content), stamp, hashlib.sha256(content).hexdigest(), file)
    finally:
        turn.home.disk.remove(path)

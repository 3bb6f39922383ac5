"""Taking lines out of the quarantine: through the gate again, or by a decision about a conflict. Each is one ledger entry."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pitboss.contract.sql import literal
from pitboss.errors import QuarantineError
from pitboss.landing.ledger import Entry, EventId, Resolution
from pitboss.landing.quarantine import Origin
from pitboss.landing.session import Progress, Session
from pitboss.landing.source import Source
from pitboss.landing.waiting import Content, contents_of, quarantine

_ONLY_HERE = "reason not in ('conflict', 'line_too_long')"
"""A conflict is decided, not tried again; of a line that is too long only the beginning was kept."""
_AT_ONCE = 200_000
"""Lines an entry, so that a replay of any size fits into memory."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class _Spool(Source):
    """Lines out of the quarantine, under the name of the file that they came with."""

    file: str

    @property
    def name(self) -> str:
        return self.file


def replay(turn: Session, where: str = "true", progress: Progress = lambda path, size: None) -> Iterator[Entry]:
    """Put quarantined lines through the gate again, an entry or more for each load that they came with.

    `where` is a condition on the columns of the quarantine. A line that is refused again for the same reason stays where it is.
    Any other lands, is a duplicate, or is quarantined for the reason that it has now; it has left its old place for good.
    """
    chosen = f"({where}) and {_ONLY_HERE}"
    with quarantine(turn.home, turn.ledger, turn.connection) as connection:
        loads = connection.execute(f"select distinct load_id, channel, file from waiting where {chosen}").fetchall()
    loads.sort(key=lambda load: ((entry := turn.ledger.load(load[0])) and entry.seq) or 0)
    for load_id, channel, file in loads:
        after = 0
        while True:
            lines = _lines(turn, f"load_id = {literal(load_id)} and line > {after} and {chosen}")
            if not lines:
                break
            after = lines[-1][0].line
            with _spool(turn, [raw for _, raw in lines], channel, file) as source:
                entry = turn.bring(source, progress, kind="replay", origin=(load_id, [origin for origin, _ in lines]))
            if entry:
                yield entry


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
    recount = [(key, before.kept_seq, -1)] if before and before.kept_seq else []
    if keep is None or keep.load_seq:
        recount += [(key, keep.load_seq, 1)] if keep and keep.load_seq else []
        with _spool(turn, [], "", "") as source:
            entry = turn.bring(source, kind="resolution", resolutions=[resolution], recount=recount)
    else:
        (load_id, line), *others = keep.lines
        [(origin, raw)] = _lines(turn, f"load_id = {literal(load_id)} and line = {line}")
        left = [(other, *found) for other, at in others for found in _lines(turn, f"load_id = {literal(other)} and line = {at}")]
        channel = (turn.ledger.load(load_id) or turn.ledger.entries[-1]).channel
        with _spool(turn, [raw], channel, "") as source:
            entry = turn.bring(
                source, kind="resolution", origin=(load_id, [origin]), kept=frozenset({1}), resolutions=[resolution], recount=recount, leaving=left
            )
    assert entry
    return entry


def conflict(turn: Session, event_id: str, event: str | None = None) -> tuple[EventId, list[Content]]:
    """The id that is meant, and its contents.

    Raises:
        QuarantineError: no such id is in conflict, or more than one event has it.
    """
    with quarantine(turn.home, turn.ledger, turn.connection) as connection:
        found = contents_of(connection, turn.ledger, event_id, turn.home.key())
    found = {key: contents for key, contents in found.items() if event in (None, key.event)}
    if not found:
        raise QuarantineError("is in no conflict", event_id, "`pitboss quarantine conflicts` lists those that are.")
    if len(found) > 1:
        raise QuarantineError(f"is in conflict under {len(found)} events or days", event_id, "Name one with --event and --day.")
    return found.popitem()


def _lines(turn: Session, where: str) -> list[tuple[Origin, bytes]]:
    with quarantine(turn.home, turn.ledger, turn.connection) as connection:
        found = connection.execute(
            f"select line, byte_offset, event, day, reason, pointer, raw from waiting where {where} order by line limit {_AT_ONCE}"
        ).fetchall()
    return [(Origin(*row[:-1]), row[-1]) for row in found]


@contextmanager
def _spool(turn: Session, lines: Sequence[bytes], channel: str, file: str) -> Iterator[Source]:
    """Lines as a source in the restricted area. Its id tells it from every other entry; a crash leaves nothing that counts."""
    load_id = hashlib.sha256(f"{turn.ledger.head} {turn.ledger.next_seq}".encode()).hexdigest()[:32]
    path = turn.home.incoming / f"{load_id}.jsonl"
    turn.home.disk.write(path, _BOM + b"".join(line + b"\n" for line in lines))
    status = path.stat()
    yield _Spool(path, channel, load_id, status.st_size, (status.st_ino, status.st_size, status.st_mtime_ns), file)
    turn.home.disk.remove(path)

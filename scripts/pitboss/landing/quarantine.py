"""Lines that did not land, with the reason, the place and their exact bytes. Restricted: a raw line may hold anything."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pitboss.disk import Disk
from pitboss.landing.gate import Extra, Refusal
from pitboss.landing.ledger import EventId, Part, Violation, staged_path
from pitboss.landing.rows import RowWriter
from pitboss.landing.source import Source, blocks

HINTS = {
    "bad_money": 'an amount is a JSON string of digits with at most 8 decimals, such as "2.00", beside its currency; negative only where the contract says so',
    "bad_timestamp": "a time is RFC 3339 with Z or an offset, such as 2025-10-17T14:23:11.482Z",
    "bad_type": "the field has another JSON type than its contract says; money and times are strings, counts are whole numbers",
    "bad_value": "the contract of the event names the values, length or range that this field may have",
    "conflict": "the id came with two contents: `pitboss quarantine conflicts` shows them, `resolve` decides which one counts",
    "duplicate_key": "the key stands twice in its object, so nobody can say which value is meant",
    "future_timestamp": "more than 24 hours ahead of the clock of the landing; where that clock has caught up, `pitboss quarantine replay` lands it",
    "invalid_utf8": "the line is no UTF-8; have the producer write UTF-8",
    "line_too_long": "longer than a line may be, or more than a load may hold in memory",
    "malformed_json": "the line is no JSON; one object a line, nothing before or after it",
    "missing_required": "the contract of the event needs this field; have the producer send it",
    "not_an_object": "a line is one JSON object",
    "unknown_event": "no contract has this event: mend its name, or add a contract (`pitboss contracts new`) and replay",
    "unknown_schema_version": "schemaVer is major.minor of a major version that the contract knows",
}
"""What to do about a reason, for lines whose own message says less."""
MOST_COPIES = 1000
"""Copies of one line that a load keeps in the quarantine."""
_WATCHED = 100_000
"""Different lines of a load whose copies are counted."""
_LINES = pa.schema(
    [
        ("load_id", pa.string()),
        ("channel", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("byte_offset", pa.int64()),
        ("event", pa.string()),
        ("day", pa.date32()),
        ("reason", pa.string()),
        ("pointer", pa.string()),
        ("detail", pa.string()),
        ("raw", pa.binary()),
    ]
)
_EXTRAS = pa.schema(
    [("load_id", pa.string()), ("line", pa.int64()), ("event", pa.string()), ("event_id", pa.string()), ("pointer", pa.string()), ("value", pa.binary())]
)
_MASKED = pa.schema(
    [
        ("load_id", pa.string()),
        ("line", pa.int64()),
        ("event", pa.string()),
        ("event_day", pa.date32()),
        ("event_id", pa.string()),
        ("field", pa.string()),
        ("value", pa.string()),
    ]
)
"""Personal data that stood in product fields, as they came."""
_CONTENTS = pa.schema(
    [
        ("load_id", pa.string()),
        ("line", pa.int64()),
        ("load_seq", pa.int64()),
        ("event", pa.string()),
        ("event_day", pa.date32()),
        ("event_id", pa.string()),
        ("content", pa.string()),
    ]
)
_REFUSALS = pa.schema(
    [
        ("load_seq", pa.int64()),
        ("load_id", pa.string()),
        ("line", pa.int64()),
        ("channel", pa.string()),
        ("event", pa.string()),
        ("day", pa.date32()),
        ("reason", pa.string()),
        ("pointer", pa.string()),
        ("fingerprint", pa.int64()),
        ("event_id", pa.string()),
        ("weight", pa.int32()),
    ]
)
"""What may be known of a line outside the restricted area: that it was refused, or has a field that no contract knows.

Of a refused line there is a keyed hash, of an event its id. `weight` is 1 where a line came into the quarantine, -1 where it left.
"""


class Origin(NamedTuple):
    """Where a line that is replayed lies in the quarantine, and why."""

    line: int
    offset: int
    event: str
    day: date | None
    reason: str
    pointer: str


class Quarantine:
    """The quarantine of one load: refused lines, unknown fields, contents in conflict, and their counts.

    In a replay line n of the source is `origins[n - 1]`: refused again for the same reason it stays where it is, else it leaves.
    """

    def __init__(self, disk: Disk, source: Source, staged: Path, seq: int, key: bytes, landed_at: datetime, origins: Sequence[Origin] = ()) -> None:
        self._source, self._seq, self._key, self._origins, self._landed_at = source, seq, key, origins, landed_at
        self._staying: set[int] = set()
        load_id = source.load_id
        self._lines = RowWriter(disk, staged_path(staged, f"restricted/quarantine/{load_id}.parquet"), _LINES)
        self._extras = RowWriter(disk, staged_path(staged, f"restricted/unknown/{load_id}.parquet"), _EXTRAS)
        self._contents = RowWriter(disk, staged_path(staged, f"restricted/conflicts/{load_id}.parquet"), _CONTENTS)
        self._masked = RowWriter(disk, staged_path(staged, f"restricted/masked/{load_id}.parquet"), _MASKED)
        self._path = f"refusals/dt={landed_at.date()}/{load_id}-0.parquet"
        self._refusals = RowWriter(disk, staged_path(staged, self._path), _REFUSALS, 0o640)
        self._late = array("q")  # line and kind of each, since there may be millions
        self._kinds: dict[Refusal, int] = {}
        self._counts: Counter[tuple[date | None, str, str]] = Counter()
        self._copies: Counter[int] = Counter()
        self.repeats = 0
        """Lines of which so many copies were refused that a further one tells nothing: they are duplicates."""

    @property
    def lines(self) -> int:
        """Lines that came into the quarantine, less those that left it."""
        return self._counts.total()

    @property
    def parts(self) -> list[Part]:
        """What the ledger names of it."""
        return [Part("refusal", self._landed_at.date(), self._refusals.count, self._path)] if self._refusals.count else []

    def refuse(self, line: int, offset: int, raw: bytes, refusal: Refusal) -> None:
        """Keep a refused line. `offset` is its first byte in the decompressed file."""
        if self._origins:
            origin = self._origins[line - 1]
            if (refusal.reason, refusal.pointer) == (origin.reason, origin.pointer):
                self._staying.add(line)
                return
            line, offset = origin.line, origin.offset
        elif refusal.reason != "conflict" and self._is_worn_out(raw):
            self.repeats += 1
            return
        source = self._source
        place = (source.load_id, source.channel, source.name, line, offset)
        row = (*place, refusal.event, refusal.day, refusal.reason, refusal.pointer, refusal.detail or HINTS.get(refusal.reason, ""), raw)
        self._lines.add(row, len(raw))
        self._count(source.load_id, line, refusal.event, refusal.day, refusal.reason, refusal.pointer, raw, 1)

    def refuse_later(self, line: int, refusal: Refusal) -> None:
        """Refuse a line whose bytes are not at hand; `close` fetches them from the source."""
        self._late.extend((line, self._kinds.setdefault(refusal, len(self._kinds))))

    def keep_extras(self, line: int, event: str, day: date, event_id: str, extras: Iterable[Extra]) -> None:
        """Keep the unknown fields of an event, and say of its id that it has some: whichever copy of it lands, the count is the same."""
        row = (self._seq, self._source.load_id, line, self._source.channel, event, day, "unknown_field", "", None, event_id, 1)
        self._refusals.add(row, 0)
        for extra in extras:
            self._extras.add((self._source.load_id, line, event, event_id, extra.pointer, extra.value), len(extra.value))

    def keep_masked(self, line: int, event: str, day: date, event_id: str | None, field: str, value: str) -> None:
        """Keep what was masked in a field of an event. The event lands, so nothing of it is in the quarantine itself."""
        self._masked.add((self._source.load_id, line, event, day, event_id, field, value), len(value))

    def keep_content(self, line: int | None, load_seq: int | None, key: EventId, content: str) -> None:
        """Keep a content of an id in conflict: that of a refused line, or of the landed row with this load sequence."""
        if line is not None and self._origins:
            line = self._origins[line - 1].line
        self._contents.add((self._source.load_id, line, load_seq, key.event, key.event_day, key.event_id, content), len(content))

    def leave(self, origin_id: str, origin: Origin, raw: bytes) -> None:
        """Count a line of an earlier load as gone from the quarantine."""
        self._count(origin_id, origin.line, origin.event, origin.day, origin.reason, origin.pointer, raw, -1)

    def close(self, origin_id: str = "") -> list[Violation]:
        """Write everything; the counts by day, event and reason. In a replay, `origin_id` is the load whose lines these were."""
        if self._late or self._origins:
            self._fetch(origin_id)
        for writer in (self._lines, self._extras, self._contents, self._masked, self._refusals):
            writer.close()
        return [Violation(day, event, reason, True, count) for (day, event, reason), count in self._counts.items() if count]

    def _fetch(self, origin_id: str) -> None:
        """Pass over the source once more, for the lines that are refused late and for those that leave."""
        late = np.frombuffer(self._late, np.int64).reshape(-1, 2)
        late = late[np.argsort(late[:, 0], kind="stable")]
        kinds = list(self._kinds)
        for block in blocks(self._source):
            start, end = np.searchsorted(late[:, 0], (block.first_line, block.first_line + len(block.lines)))
            if start == end and not self._origins:
                continue
            refused = dict(late[start:end].tolist())
            offset = block.offset
            for line, raw in enumerate(block.lines, block.first_line):
                if line in refused:
                    self.refuse(line, offset, raw, kinds[refused[line]])
                if self._origins and line not in self._staying:
                    self.leave(origin_id, self._origins[line - 1], raw)
                offset += len(raw) + 1

    def _count(self, load_id: str, line: int, event: str, day: date | None, reason: str, pointer: str, raw: bytes, weight: int) -> None:
        self._counts[day, event, reason] += weight
        row = (self._seq, load_id, line, self._source.channel, event, day, reason, pointer, self._fingerprint(raw), None, weight)
        self._refusals.add(row, 0)

    def _is_worn_out(self, raw: bytes) -> bool:
        """Whether MOST_COPIES of a line were refused before. An archive of a few bytes may hold millions of one line."""
        fingerprint = self._fingerprint(raw)
        if fingerprint in self._copies or len(self._copies) < _WATCHED:
            self._copies[fingerprint] += 1
        return self._copies[fingerprint] > MOST_COPIES

    def _fingerprint(self, raw: bytes) -> int:
        return int.from_bytes(hashlib.blake2b(raw.strip(), digest_size=8, key=self._key).digest(), "little", signed=True)

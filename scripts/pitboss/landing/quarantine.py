"""Lines that did not land, with the reason, the place and their exact bytes. Restricted: a raw line may hold anything."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pitboss.landing.gate import Extra, Refusal
from pitboss.landing.ledger import Violation, staged_path
from pitboss.landing.source import Source, blocks

HINTS = {
    "bad_money": 'an amount is a JSON string of digits with at most 4 decimals, such as "2.00", beside its currency; negative only where the contract says so',
    "bad_timestamp": "a time is RFC 3339 with Z or an offset and at most milliseconds, such as 2025-10-17T14:23:11.482Z",
    "bad_value": "the contract of the event names the values, length or range that this field may have",
    "duplicate_key": "the key stands twice in its object, so nobody can say which value is meant",
    "future_timestamp": "more than 24 hours ahead of the clock of the landing",
    "unknown_schema_version": "schemaVer is major.minor of a major version that the contract knows",
    "line_too_long": "longer than a line may be, or more than a load may hold in memory",
}
"""What to do about a reason, for lines whose own message says less."""
_BATCH_BYTES = 32 << 20
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


class _Writer:
    """A Parquet file with mode 0600 that is made when the first row comes, written in batches of bounded size."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._schema = path, schema
        self._rows: list[tuple[object, ...]] = []
        self._bytes = 0
        self._file: pq.ParquetWriter | None = None

    def add(self, row: tuple[object, ...], size: int) -> None:
        self._rows.append(row)
        self._bytes += size + 200
        if self._bytes > _BATCH_BYTES:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        if self._file:
            self._file.close()

    def _flush(self) -> None:
        if not self._file:
            self._path.touch(mode=0o600)
            self._file = pq.ParquetWriter(self._path, self._schema, compression="zstd")
        columns = [pa.array(column, field.type) for column, field in zip(zip(*self._rows, strict=True), self._schema, strict=True)]
        self._file.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._rows, self._bytes = [], 0


class Quarantine:
    """The quarantine of one load: refused lines, unknown fields, and their counts."""

    def __init__(self, source: Source, staged: Path) -> None:
        self._source = source
        self._lines = _Writer(staged_path(staged, f"restricted/quarantine/{source.load_id}.parquet"), _LINES)
        self._extras = _Writer(staged_path(staged, f"restricted/unknown/{source.load_id}.parquet"), _EXTRAS)
        self._late: dict[int, Refusal] = {}
        self._counts: Counter[tuple[date | None, str, str]] = Counter()

    @property
    def lines(self) -> int:
        """Lines refused so far."""
        return self._counts.total()

    def refuse(self, line: int, offset: int, raw: bytes, refusal: Refusal) -> None:
        """Keep a refused line. `offset` is its first byte in the decompressed file."""
        self._counts[refusal.day, refusal.event, refusal.reason] += 1
        source = self._source
        place = (source.load_id, source.channel, source.name, line, offset)
        row = (*place, refusal.event, refusal.day, refusal.reason, refusal.pointer, refusal.detail or HINTS.get(refusal.reason, ""), raw)
        self._lines.add(row, len(raw))

    def refuse_later(self, line: int, refusal: Refusal) -> None:
        """Refuse a line whose bytes are not at hand; `close` fetches them from the source."""
        self._late[line] = refusal

    def keep_extras(self, line: int, event: str, event_id: str, extras: Iterable[Extra]) -> None:
        """Keep the unknown fields of an event that landed."""
        for extra in extras:
            self._extras.add((self._source.load_id, line, event, event_id, extra.pointer, extra.value), len(extra.value))

    def close(self) -> list[Violation]:
        """Write everything; the counts by day, event and reason."""
        if self._late:
            self._fetch_late()
        self._lines.close()
        self._extras.close()
        return [Violation(day, event, reason, True, count) for (day, event, reason), count in self._counts.items()]

    def _fetch_late(self) -> None:
        for block in blocks(self._source):
            offset = block.offset
            for line, raw in enumerate(block.lines, block.first_line):
                refusal = self._late.get(line)
                if refusal:
                    self.refuse(line, offset, raw, refusal)
                offset += len(raw) + 1

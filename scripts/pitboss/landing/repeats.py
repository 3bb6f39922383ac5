"""Which events a load brought that another load had brought before. They are duplicates as long as the other one stands."""

from pathlib import Path

import pyarrow as pa

from pitboss.disk import Disk
from pitboss.landing.ledger import EventId, staged_path
from pitboss.landing.rows import RowWriter

COLUMNS = {
    "load_id": "varchar",
    "event": "varchar",
    "event_day": "date",
    "event_id": "varchar",
    "load_seq": "bigint",
    "content": "varchar",
}
"""Of each duplicate the load whose line it was, and the load sequence of the landed row that it repeats; or the hash of a content that was decided against."""
_SCHEMA = pa.schema(
    [
        ("load_id", pa.string()),
        ("event", pa.string()),
        ("event_day", pa.date32()),
        ("event_id", pa.string()),
        ("load_seq", pa.int64()),
        ("content", pa.string()),
    ]
)


class Repeats:
    """The duplicates of one load, without those of its own lines: where the row goes with the load, nobody else has it."""

    def __init__(self, disk: Disk, staged: Path, load_id: str) -> None:
        self._load_id = load_id
        self._rows = RowWriter(disk, staged_path(staged, repeats_path(load_id)), _SCHEMA, 0o640)

    @property
    def count(self) -> int:
        return self._rows.count

    def add(self, key: EventId, load_seq: int | None, content: str | None = None, load_id: str = "") -> None:
        """Name a duplicate; `load_id` where its line came with another load than the one under way."""
        self._rows.add((load_id or self._load_id, key.event, key.event_day, key.event_id, load_seq, content))

    def close(self) -> None:
        self._rows.close()


def repeats_path(load_id: str) -> str:
    """Where the duplicates of a load are named, below the home."""
    return f"duplicates/{load_id}.parquet"

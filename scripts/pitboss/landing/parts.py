"""Writing Parquet: rows wait per event and day, and go out as one part a day unless memory asks for more."""

import itertools
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pitboss.contract.arrow import with_field_ids
from pitboss.disk import Disk
from pitboss.landing.ledger import Part, staged_path

_WAITING_BYTES = 256 << 20
"""Rows that may wait in memory. Beyond it the fullest event is written, a part a day."""
_UNLIKE = frozenset({"event_id", "round_id", "bet_id", "txn_id", "trace_id", "ts", "received_ts"})
"""Columns in which hardly a value comes twice: a dictionary of them costs time and saves nothing."""
_SORTED_BY = ["event_day", "load_seq", "ts"]
"""Columns that readers prune by. Statistics of the others cost a fifth of writing a small part."""


class Parts:
    """The parts of one load, staged under the paths they will have below the home."""

    def __init__(self, disk: Disk, staged: Path, load_id: str) -> None:
        self._disk, self._staged, self._load_id = disk, staged, load_id
        self._waiting: dict[tuple[str, str, date], list[pa.Table]] = defaultdict(list)
        self._sizes: dict[str, int] = defaultdict(int)
        self._paths: dict[tuple[str, str, date], list[str]] = defaultdict(list)
        self.landed: list[Part] = []
        self.vault: list[Part] = []

    def add(self, area: str, event: str, table: pa.Table) -> None:
        """Take rows of an event, in the order of their column `event_day`, for `landing` or `restricted/vault`."""
        days = table.column("event_day").cast(pa.int32()).to_numpy()
        starts = [0, *(np.flatnonzero(days[1:] != days[:-1]) + 1), len(days)]
        for start, end in itertools.pairwise(starts):
            if end > start:
                key = (area, event, date.fromordinal(int(days[start]) + date(1970, 1, 1).toordinal()))
                self._waiting[key].append(table.slice(start, end - start))
        self._sizes[event] += table.get_total_buffer_size()
        # the days of a segment are slices of one table: memory is given back only when all of them are written
        while sum(self._sizes.values()) > _WAITING_BYTES:
            self.flush(max(self._sizes, key=lambda event: self._sizes[event]))

    def flush(self, event: str) -> None:
        """Write what waits of an event; its rows can be read back then."""
        self._sizes.pop(event, None)
        for key in [key for key in self._waiting if key[1] == event]:
            self._write(key)

    def paths(self, area: str, event: str, day: date) -> list[Path]:
        """Staged parts of an event's day."""
        return [staged_path(self._staged, path) for path in self._paths[area, event, day]]

    def close(self) -> None:
        """Write everything. `landed` and `vault` name it, for the ledger."""
        for key in list(self._waiting):
            self._write(key)

    def _write(self, key: tuple[str, str, date]) -> None:
        area, event, day = key
        table = pa.concat_tables(self._waiting.pop(key), promote_options="default")
        relative = f"{area}/{event}/dt={day}/{self._load_id}-{len(self._paths[key])}.parquet"
        self._paths[key].append(relative)
        with self._disk.create(staged_path(self._staged, relative), 0o640 if area == "landing" else 0o600) as file:
            write_part(file, table)
        (self.landed if area == "landing" else self.vault).append(Part(event, day, table.num_rows, relative))


def write_part(file: BinaryIO, table: pa.Table) -> None:
    """Write rows as one part, the way all parts are written."""
    table = with_field_ids(table)
    with part_writer(file, table.schema) as writer:
        writer.write_table(table)


def part_writer(file: BinaryIO, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of one part, whose schema has the field ids."""
    names = [name for name in schema.names if name not in _UNLIKE]
    return pq.ParquetWriter(file, schema, compression="snappy", use_dictionary=names, write_statistics=_SORTED_BY, store_schema=False)

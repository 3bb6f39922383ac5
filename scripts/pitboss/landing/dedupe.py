"""Which ids have been seen: 64-bit hashes of the ids of an event's day, sorted, in one small file a load and event.

A hash only says that an id *may* have been seen; whether it was, and with the same content, is decided by comparing rows.
The cost follows the days that a load touches, not the history.
"""

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pitboss.contract.sql import literal
from pitboss.home import Home
from pitboss.landing.ledger import Ledger, bytes_hash, staged_path

Hashes = NDArray[np.uint64]
_CACHED_BYTES = 64 << 20
"""Sidecars that stay in memory while the days of many are merged."""


class SeenIds:
    """Hashes of the ids that an event has on each day: landed ones, and those of the load under way."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, home: Home, ledger: Ledger, event: str) -> None:
        self._connection, self._home, self._ledger, self._event = connection, home, ledger, event
        self._probe = hash_probe(connection)
        self._before: dict[date, Hashes] = {}
        self._own: dict[date, Hashes] = {}
        self._sidecars: dict[str, dict[date, Hashes]] = {}

    def first_times(self, day: date, hashes: Hashes) -> NDArray[np.bool_]:
        """For each hash, whether it has not come before on that day. All of them count as seen from now on.

        Shapes: hashes (n,), result (n,). Where a hash stands twice in `hashes`, the first one is the first time.
        """
        if day not in self._before:
            self._before[day], self._own[day] = self._landed(day), np.empty(0, np.uint64)
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        is_first = np.ones(len(hashes), dtype=np.bool_)
        is_first[order[1:]] = ordered[1:] != ordered[:-1]
        for seen in (self._before[day], self._own[day]):
            if len(seen):
                at = np.minimum(np.searchsorted(seen, hashes), len(seen) - 1)
                is_first &= seen[at] != hashes
        self._own[day] = np.sort(np.concatenate([self._own[day], hashes[is_first]]), kind="stable")
        return is_first

    def add(self, day: date, hashes: Hashes) -> None:
        """Count hashes as the load's own although they came before: of rows that land in the place of withdrawn ones."""
        self._own[day] = np.union1d(self._own.get(day, np.empty(0, np.uint64)), hashes)

    def write(self, staged: Path, load_id: str) -> None:
        """Write the load's own hashes, all days in one file: the probe, the number of days, day and count of each, the hashes."""
        days = sorted(day for day, found in self._own.items() if len(found))
        hashes = [self._own[day] for day in days]
        index = [len(days)] + [number for day, found in zip(days, hashes, strict=True) for number in (day.toordinal(), len(found))]
        with self._home.disk.create(staged_path(staged, f"ids/{self._event}/{load_id}.ids"), 0o640) as file:
            file.write(self._probe + np.array(index, "<u8").tobytes())
            for found in hashes:
                file.write(found.astype("<u8").tobytes())

    def take(self, day: date) -> None:
        """Have `write` write all hashes of a day: whoever writes its parts anew writes these."""
        self._own[day] = self._landed(day)
        if sum(found.nbytes for sidecar in self._sidecars.values() for found in sidecar.values()) > _CACHED_BYTES:
            self._sidecars.clear()

    def _landed(self, day: date) -> Hashes:
        found = []
        for load_id in dict.fromkeys(part.load_id for part in self._ledger.parts(self._event, day)):
            hashes = self._sidecar(load_id).get(day)
            if hashes is None:  # lost, damaged, or written by a DuckDB that hashes otherwise: the landed rows know
                found.extend(self._from_parts(day, load_id))
            else:
                found.append(hashes)
        return np.sort(np.concatenate(found)) if found else np.empty(0, np.uint64)

    def _sidecar(self, load_id: str) -> dict[date, Hashes]:
        if load_id not in self._sidecars:
            path = self._home.ids / self._event / f"{load_id}.ids"
            self._sidecars[load_id] = _sidecar(path, self._probe, self._ledger.hash_of(path))
        return self._sidecars[load_id]

    def _from_parts(self, day: date, load_id: str) -> list[Hashes]:
        hashes = []
        for part in self._ledger.parts(self._event, day):
            if part.load_id == load_id:
                ids = pq.read_table(self._home.root / part.path, columns=["event_id"])  # noqa: F841 - read by DuckDB under its name
                hashes.append(self._connection.execute("select hash(event_id) as h from ids").fetchnumpy()["h"])
        return hashes


def read_sidecar(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[date, Hashes]:
    """Hashes by day of one sidecar, sorted; none where it is lost, damaged or of a DuckDB that hashes otherwise."""
    return _sidecar(path, hash_probe(connection))


def hash_probe(connection: duckdb.DuckDBPyConnection) -> bytes:
    """Sixteen bytes that change when DuckDB's hash function does."""
    row = connection.execute(f"select hash({literal('pitboss')}), hash({literal('a longer text than fits inline')})").fetchone()
    assert row
    return b"".join(int(value).to_bytes(8, "little") for value in row)


def _days(data: bytes) -> dict[date, Hashes]:
    """Hashes by day; none where the file is not whole."""
    numbers = np.frombuffer(data[: len(data) // 8 * 8], "<u8")
    count = int(numbers[0]) if len(numbers) else 0
    index = numbers[1 : 1 + 2 * min(count, len(numbers))].reshape(-1, 2) if len(numbers) > 2 * count else numbers[:0].reshape(0, 2)
    if not count or len(data) != 8 * (1 + 2 * count + int(index[:, 1].sum())):
        return {}
    ends = 1 + 2 * count + np.cumsum(index[:, 1])
    return {date.fromordinal(int(day)): numbers[int(end - size) : int(end)] for (day, size), end in zip(index, ends, strict=True)}


def _sidecar(path: Path, probe: bytes, expected: str | None = None) -> dict[date, Hashes]:
    data = path.read_bytes() if path.exists() else b""
    if not data.startswith(probe) or (expected and bytes_hash(data) != expected):
        return {}
    return _days(data[len(probe) :])

"""Which ids have been seen: 64-bit hashes of the ids of an event's day, in one small sorted file a load.

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
from pitboss.landing.ledger import Ledger

Hashes = NDArray[np.uint64]


class SeenIds:
    """Hashes of the ids that an event has on each day: landed ones, and those of the load under way."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, home: Home, ledger: Ledger, event: str) -> None:
        self._connection, self._home, self._ledger, self._event = connection, home, ledger, event
        self._probe = hash_probe(connection)
        self._days: dict[date, Hashes] = {}
        self._new: dict[date, list[Hashes]] = {}

    def first_times(self, day: date, hashes: Hashes) -> NDArray[np.bool_]:
        """For each hash, whether it has not come before on that day. All of them count as seen from now on.

        Shapes: hashes (n,), result (n,). Where a hash stands twice in `hashes`, the first one is the first time.
        """
        if day not in self._days:
            self._days[day] = self._landed(day)
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        is_first = np.ones(len(hashes), dtype=np.bool_)
        is_first[order[1:]] = ordered[1:] != ordered[:-1]
        seen = self._days[day]
        if len(seen):
            at = np.minimum(np.searchsorted(seen, hashes), len(seen) - 1)
            is_first &= seen[at] != hashes
        fresh = np.unique(hashes[is_first])
        self._new.setdefault(day, []).append(fresh)
        self._days[day] = fresh if not len(seen) else np.sort(np.concatenate([seen, fresh]), kind="stable")
        return is_first

    def write(self, staged: Path, load_id: str) -> None:
        """Write the load's own hashes, one file a day, below ids/<event>/."""
        for day, hashes in self._new.items():
            path = staged / "ids" / self._event / f"dt={day}" / f"{load_id}.ids"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._probe + np.sort(np.concatenate(hashes)).astype("<u8").tobytes())

    def _landed(self, day: date) -> Hashes:
        found = []
        loads = {Path(part.path).stem.rsplit("-", 1)[0]: part for part in self._ledger.parts(self._event, day)}
        for load_id in loads:
            data = _bytes(self._home.ids / self._event / f"dt={day}" / f"{load_id}.ids")
            if data[: len(self._probe)] == self._probe:
                found.append(np.frombuffer(data, "<u8", offset=len(self._probe)))
            else:  # lost, or written by a DuckDB that hashes otherwise: the landed rows know
                found.extend(self._from_parts(day, load_id))
        return np.sort(np.concatenate(found)) if found else np.empty(0, np.uint64)

    def _from_parts(self, day: date, load_id: str) -> list[Hashes]:
        hashes = []
        for part in self._ledger.parts(self._event, day):
            if Path(part.path).stem.startswith(load_id):
                ids = pq.read_table(self._home.root / part.path, columns=["event_id"])  # noqa: F841 - read by DuckDB under its name
                hashes.append(self._connection.execute("select hash(event_id) as h from ids").fetchnumpy()["h"])
        return hashes


def hash_probe(connection: duckdb.DuckDBPyConnection) -> bytes:
    """Sixteen bytes that change when DuckDB's hash function does."""
    row = connection.execute(f"select hash({literal('pitboss')}), hash({literal('a longer text than fits inline')})").fetchone()
    assert row
    return b"".join(int(value).to_bytes(8, "little") for value in row)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""

"""The ledger: one small JSON file an entry. Linking it into place is the commit; everything before can be thrown away,
everything after can be done again."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import msgspec

from pitboss.errors import LedgerError
from pitboss.home import Home, sync


class Part(msgspec.Struct, frozen=True):
    """One committed Parquet file, `path` below the home."""

    event: str
    event_day: date
    rows: int
    path: str


class Violation(msgspec.Struct, frozen=True):
    """So many lines of a day and event that were quarantined, or landed, for this reason. `day` is null where it cannot be read."""

    day: date | None
    event: str
    reason: str
    is_quarantined: bool
    events: int


class ConflictId(msgspec.Struct, frozen=True):
    """An id that came with two contents. No copy of it counts."""

    event: str
    event_day: date
    event_id: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One load. lines = landed + quarantined + duplicates, blank lines apart; conflicts are among the quarantined."""

    seq: int
    kind: str
    load_id: str
    previous: str
    landed_at: datetime
    file: str
    channel: str
    bytes: int
    lines: int
    blank_lines: int
    landed: int
    quarantined: int
    duplicates: int
    conflicts: int
    lag_p50_s: float | None
    lag_p95_s: float | None
    parts: list[Part]
    violations: list[Violation]
    conflict_ids: list[ConflictId]


class Ledger:
    """The committed entries of a home, read once."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.entries = list(_read(home.ledger))
        self._loads = {entry.load_id: entry for entry in self.entries}

    @property
    def next_seq(self) -> int:
        """Sequence number of the entry that comes next; the first is 1."""
        return len(self.entries) + 1

    @property
    def head(self) -> str:
        """SHA-256 of the last entry's bytes, which the next one carries; empty before the first."""
        return _hash(_path(self._home, len(self.entries))) if self.entries else ""

    def load(self, load_id: str) -> Entry | None:
        """The entry of a content that is already landed."""
        return self._loads.get(load_id)

    def parts(self, event: str, day: date) -> list[Part]:
        """Committed parts of an event's day, oldest first."""
        return [part for entry in self.entries for part in entry.parts if part.event == event and part.event_day == day]

    def commit(self, entry: Entry, staged: Path) -> None:
        """Make a staged load count, then move its files into place.

        `staged` holds each file under its `staged_path`. All of it is on disk before the entry is linked.
        """
        _sync(staged.glob("*@*"))
        aside = staged / "entry.json"
        with aside.open("wb") as file:
            file.write(msgspec.json.encode(entry) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync(staged)
        os.link(aside, _path(self._home, entry.seq))
        self.entries.append(entry)  # from here on the load counts, whatever fails next
        self._loads[entry.load_id] = entry
        sync(self._home.ledger)
        roll_forward(self._home, staged)


def staged_path(staged: Path, relative: str) -> Path:
    """Where a load under way keeps the file that will stand at `relative` below the home: flat, so that one folder is synced."""
    return staged / relative.replace("/", "@")


def recover(home: Home, ledger: Ledger) -> None:
    """Finish the loads that were committed, discard those that were not. Called before anything else is written."""
    for staged in sorted(home.incoming.iterdir()):
        if not staged.is_dir():
            staged.unlink()
        elif ledger.load(staged.name):
            roll_forward(home, staged)
        else:
            shutil.rmtree(staged)


def roll_forward(home: Home, staged: Path) -> None:
    """Move the files of a committed load to their places. Can be repeated after a crash at any point."""
    touched: set[Path] = set()
    for path in sorted(staged.glob("*@*")):
        final = home.root / path.name.replace("@", "/")
        _make_folders(final.parent, home.root, touched)
        os.replace(path, final)
        touched.add(final.parent)
    _sync(touched)
    shutil.rmtree(staged)


def _make_folders(folder: Path, root: Path, touched: set[Path]) -> None:
    if not folder.exists():
        _make_folders(folder.parent, root, touched)
        folder.mkdir(mode=0o700 if "restricted" in folder.relative_to(root).parts else 0o755)
        touched.add(folder.parent)


def _path(home: Home, seq: int) -> Path:
    return home.ledger / f"{seq:010d}.json"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(folder: Path) -> Iterator[Entry]:
    decode = msgspec.json.Decoder(Entry).decode
    previous = ""
    for seq, path in enumerate(sorted(folder.glob("*.json")), start=1):
        data = path.read_bytes()
        try:
            entry = decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LedgerError(f"is not a ledger entry ({error})", str(path), "Restore it from a backup.") from error
        if entry.seq != seq or entry.previous != previous:
            raise LedgerError("does not follow the entry before it", str(path), "Restore the ledger from a backup.")
        previous = hashlib.sha256(data).hexdigest()
        yield entry


def _sync(paths: Iterable[Path]) -> None:
    """fsync files and folders. Several at a time, because a journalling file system commits what waits together."""
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(sync, paths):
            pass

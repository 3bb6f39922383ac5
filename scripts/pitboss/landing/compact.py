"""`pitboss compact`: few files in the place of many, for each event and day. No row changes, and what counts stays the same.

Readers may still have the old files open, or a view that names them. So these stay until the next compaction, which first has
the warehouse name the new ones.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, NamedTuple

import duckdb

from pitboss.errors import LedgerError, PitbossError
from pitboss.home import Home
from pitboss.landing.dedupe import SeenIds
from pitboss.landing.ledger import Entry, Ledger, Part, discarding, recover, staged_path
from pitboss.landing.memory import return_freed_memory
from pitboss.landing.merge import agreeing, part_size, row_groups
from pitboss.landing.parts import part_writer

FULL_BYTES = 128 << 20
"""Size of a compacted file, about. A file of half of it stays as it is."""
_ENTRY_BYTES = 512 << 20
"""Old files that one ledger entry replaces, about: a crash throws no more work away, and the ids of so many rows fit into memory."""

Area = Literal["parts", "vault", "refusals"]
_AREAS: tuple[Area, ...] = ("parts", "vault", "refusals")


class Merged(NamedTuple):
    """So many files of one kind, event and day in the place of so many."""

    area: Area
    event: str
    day: date
    files_before: int
    files_after: int
    rows: int


@dataclass(frozen=True)
class Compacted:
    """One ledger entry, and what it merged."""

    entry: Entry
    merged: list[Merged]


class Bundle(NamedTuple):
    """Small files of one kind, event and day that become one, or a few."""

    area: Area
    event: str
    day: date
    parts: tuple[Part, ...]
    bytes: int

    @property
    def expected(self) -> Merged:
        return Merged(*self[:3], len(self.parts), math.ceil(self.bytes / FULL_BYTES), sum(part.rows for part in self.parts))


def plan(home: Home, ledger: Ledger, event: str | None = None) -> list[Bundle]:
    """What is worth merging: two small files or more of an event's day. With `event` nothing but that one's."""
    found: dict[tuple[Area, str, date], list[tuple[Part, int]]] = defaultdict(list)
    for area in _AREAS:
        for part in ledger.all_parts(area):
            if event in (None, part.event):
                size = part_size(home, part)
                if size < FULL_BYTES // 2:
                    found[area, part.event, part.event_day].append((part, size))
    bundles = []
    for (area, name, day), parts in sorted(found.items(), key=lambda item: (item[0][1], item[0][2], item[0][0])):
        if len(parts) > 1:
            bundles.append(Bundle(area, name, day, tuple(part for part, _ in parts), sum(size for _, size in parts)))
    return bundles


def compact(
    home: Home, event: str | None = None, now: datetime | None = None, progress: Callable[[int], None] = lambda size: None, note: Callable[[str], None] = print
) -> Iterator[Compacted]:
    """Merge small files. Each entry takes whole event days, as many as it may; `progress` gets the bytes that are done.

    Raises:
        LockedError: another process is writing to the home.
        LedgerError: a file that the ledger counts cannot be read, or has not the rows that it should have.
    """
    return_freed_memory()
    with home.lock(), duckdb.connect(config={"threads": 1, "memory_limit": "200MB", "temp_directory": ""}) as connection:
        ledger = Ledger(home)
        recover(home, ledger)
        sweep(home, ledger, note)
        some: list[Bundle] = []
        for bundle in [*plan(home, ledger, event), None]:
            if some and (bundle is None or sum(one.bytes for one in some) + bundle.bytes > _ENTRY_BYTES) and _is_other_day(some[-1], bundle):
                under_way = _Compaction(home, ledger, connection, now or datetime.now(UTC), progress)
                entry = under_way.run(some)
                some = []
                if entry:
                    yield Compacted(entry, under_way.merged)
            if bundle:
                some.append(bundle)


def _is_other_day(one: Bundle, other: Bundle | None) -> bool:
    return other is None or (one.event, one.day) != (other.event, other.day)


def sidecars_in_use(home: Home, ledger: Ledger) -> set[Path]:
    """Files with the hashes of ids, of loads of which some part still counts."""
    return {home.ids / part.event / f"{part.load_id}.ids" for part in ledger.all_parts("parts")}


def sweep(home: Home, ledger: Ledger, note: Callable[[str], None] = print) -> list[Path]:
    """Remove files that a compaction replaced, and sidecars of files that are gone; those removed.

    No part goes while the warehouse may still name it: where its views cannot be renewed, the next compaction tries again.
    """
    used = sidecars_in_use(home, ledger)
    gone = [path for path in home.ids.glob("*/*.ids") if path not in used]
    replaced = [path for entry in ledger.entries for name in entry.retired if (path := home.root / name).exists()]
    if replaced and _are_unnamed(home, len(replaced), note):
        gone += replaced
    for path in gone:
        home.disk.remove(path)
    return gone


def _are_unnamed(home: Home, files: int, note: Callable[[str], None]) -> bool:
    if home.warehouse.exists():
        from pitboss.build import refresh_views

        try:
            refresh_views(home)
        except PitbossError as error:
            note(f"{files} replaced files stay for now: {error}")
            return False
    return True


@dataclass
class _Compaction:
    """One ledger entry under way."""

    home: Home
    ledger: Ledger
    connection: duckdb.DuckDBPyConnection
    now: datetime
    progress: Callable[[int], None]
    made: dict[Area, list[Part]] = field(default_factory=lambda: {"parts": [], "vault": [], "refusals": []})
    retired: list[str] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)

    def run(self, bundles: Sequence[Bundle]) -> Entry | None:
        """Merge bundles and commit; None where no two files of them have columns that go together."""
        load_id = hashlib.sha256(f"{self.ledger.head} compaction {' '.join(part.path for one in bundles for part in one.parts)}".encode()).hexdigest()[:32]
        staged = self.home.incoming / load_id
        self.home.disk.make_folder(staged, 0o700)
        with discarding(self.home, self.ledger, staged):
            for bundle in bundles:
                self._merge(bundle, staged, load_id)
                self.progress(bundle.bytes)
            if not self.retired:
                self.home.disk.remove_folder(staged)
                return None
            self._merge_ids(staged, load_id)
            entry = Entry(
                seq=self.ledger.next_seq,
                kind="compaction",
                load_id=load_id,
                previous=self.ledger.head,
                landed_at=self.now.astimezone(UTC).replace(tzinfo=None),
                parts=self.made["parts"],
                vault=self.made["vault"],
                refusals=self.made["refusals"],
                retired=sorted(self.retired),
            )
            entry = self.ledger.commit(entry, staged)
        return entry

    def _merge(self, bundle: Bundle, staged: Path, load_id: str) -> None:
        schema, parts = agreeing(self.home, bundle.parts)
        if len(parts) < 2:
            return
        folder = parts[0].path.rpartition("/")[0]
        made: list[Part] = []
        groups = row_groups(self.home, parts, schema)
        group = next(groups, None)
        while group is not None:
            path = f"{folder}/{load_id}-{len(made)}.parquet"
            rows = 0
            create = self.home.disk.create(staged_path(staged, path), 0o600 if bundle.area == "vault" else 0o640)
            with create as file, part_writer(file, schema) as writer:
                while group is not None and file.tell() < FULL_BYTES:
                    writer.write_table(group)
                    rows += group.num_rows
                    group = next(groups, None)
            made.append(Part(bundle.event, bundle.day, rows, path))
        if sum(part.rows for part in made) != sum(part.rows for part in parts):
            raise LedgerError("has files with more or fewer rows than the ledger says; nothing was compacted", folder, "Restore them from a backup.")
        self.made[bundle.area] += made
        self.retired += [part.path for part in parts]
        self.merged.append(Merged(bundle.area, bundle.event, bundle.day, len(parts), len(made), sum(part.rows for part in made)))

    def _merge_ids(self, staged: Path, load_id: str) -> None:
        """One sidecar an event with the ids of all its days that were merged."""
        days: dict[str, dict[date, None]] = defaultdict(dict)
        for part in self.made["parts"]:
            days[part.event][part.event_day] = None
        for event in days:
            seen = SeenIds(self.connection, self.home, self.ledger, event)
            for day in days[event]:
                seen.take(day)
            seen.write(staged, load_id)

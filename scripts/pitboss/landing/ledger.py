"""The ledger: one small JSON file an entry. Linking it into place is the commit; everything before can be thrown away,
everything after can be done again."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import msgspec

from pitboss.errors import LedgerError
from pitboss.home import Home

Kind = Literal["load", "replay", "resolution", "compaction"]


class Part(msgspec.Struct, frozen=True):
    """One committed Parquet file, `path` below the home."""

    event: str
    event_day: date
    rows: int
    path: str

    @property
    def load_id(self) -> str:
        """Id of the entry that wrote it."""
        return Path(self.path).stem.rsplit("-", 1)[0]


class Violation(msgspec.Struct, frozen=True):
    """So many lines of a day and event that were quarantined, or landed, for this reason. `day` is null where it cannot be read."""

    day: date | None
    event: str
    reason: str
    is_quarantined: bool
    events: int


class EventId(msgspec.Struct, frozen=True, order=True):
    """An event as conflicts know it: ids are compared within an event's day."""

    event: str
    event_day: date
    event_id: str


class Resolution(msgspec.Struct, frozen=True):
    """What was decided about an id in conflict: the row of it that counts, by its load sequence (0 for none) and the hash of its content.

    `refused` are keyed hashes of the contents that were decided against: one of them that comes again is a duplicate, and reopens nothing.
    """

    event: str
    event_day: date
    event_id: str
    kept_seq: int
    kept: str
    refused: list[str]

    @property
    def key(self) -> EventId:
        return EventId(self.event, self.event_day, self.event_id)


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One change of what counts. lines = landed + quarantined + duplicates, blank lines apart; conflicts are among the quarantined.

    A `load` brings a file. A `replay` brings no line of its own: what left the quarantine stands in `quarantined` with a minus.
    A `resolution` decides about ids in conflict. A `compaction` puts fewer files in the place of many (`retired`).
    """

    seq: int
    kind: Kind
    load_id: str
    previous: str
    landed_at: datetime
    file: str = ""
    channel: str = ""
    bytes: int = 0
    lines: int = 0
    blank_lines: int = 0
    landed: int = 0
    quarantined: int = 0
    duplicates: int = 0
    conflicts: int = 0
    lag_p50_s: float | None = None
    lag_p95_s: float | None = None
    parts: list[Part] = []
    vault: list[Part] = []
    refusals: list[Part] = []
    retired: list[str] = []
    files: dict[str, str] = {}
    """Every file that it brought, by its path below the home, with the hash of its bytes."""
    violations: list[Violation] = []
    conflict_ids: list[EventId] = []
    """Ids that came with two contents. No copy of one counts before it is resolved."""
    resolutions: list[Resolution] = []
    seal: str = ""
    """Hash of the entry without it: the last entry has none after it that could know it. Empty in an entry from before there were seals."""

    def sealed(self) -> "Entry":
        """The same with its seal."""
        return msgspec.structs.replace(self, seal=bytes_hash(msgspec.json.encode(msgspec.structs.replace(self, seal=""))))


class Ledger:
    """The committed entries of a home, read once, and what follows from them."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.entries: list[Entry] = []
        self._loads: dict[str, Entry] = {}
        self._parts: dict[str, dict[tuple[str, date], dict[str, Part]]] = {"parts": {}, "vault": {}, "refusals": {}}
        self._places: dict[str, dict[str, Part]] = {}
        self._resolved: dict[EventId, Resolution] = {}
        self._kept: dict[tuple[EventId, str], int] = {}
        self._open: dict[EventId, None] = {}
        self._files: dict[str, str] = {}
        self._head = ""
        self.read_on()

    @property
    def next_seq(self) -> int:
        """Sequence number of the entry that comes next; the first is 1."""
        return len(self.entries) + 1

    @property
    def head(self) -> str:
        """SHA-256 of the last entry's bytes, which the next one carries; empty before the first."""
        return self._head

    def seq_of(self, head: str) -> int | None:
        """Number of the entry whose bytes have this hash, 0 for the empty ledger; None where none of this ledger has it."""
        heads = {entry.previous: entry.seq - 1 for entry in self.entries} | {self._head: len(self.entries)}
        return heads.get(head)

    @property
    def open_conflicts(self) -> list[EventId]:
        """Ids in conflict about which nothing is decided yet, in the order in which they came up."""
        return list(self._open)

    def read_on(self) -> None:
        """Read the entries that came since.

        Raises:
            LedgerError: an entry is damaged, or does not follow the one before it.
        """
        for entry, head in _read(self._home.ledger, len(self.entries), self._head):
            self._take(entry, head)

    def load(self, load_id: str) -> Entry | None:
        """The entry of a content that is already landed."""
        return self._loads.get(load_id)

    def parts(self, event: str, day: date) -> list[Part]:
        """Parts of an event's day that count, oldest first."""
        return list(self._parts["parts"].get((event, day), {}).values())

    def vault(self, event: str, day: date) -> list[Part]:
        """Vault parts of an event's day, oldest first."""
        return list(self._parts["vault"].get((event, day), {}).values())

    def all_parts(self, kind: Literal["parts", "vault", "refusals"]) -> Iterator[Part]:
        """All parts of a kind that count."""
        for parts in self._parts[kind].values():
            yield from parts.values()

    def is_open(self, key: EventId) -> bool:
        """Whether an id is in conflict and nothing is decided about it yet."""
        return key in self._open

    def resolution(self, key: EventId) -> Resolution | None:
        """What was last decided about an id; None where nothing was, or where a further content came since."""
        return None if key in self._open else self._resolved.get(key)

    def refused(self, key: EventId) -> list[str]:
        """Hashes of the contents of an id that were decided against."""
        found = self._resolved.get(key)
        return found.refused if found else []

    def kept_seq(self, key: EventId, content: str) -> int | None:
        """Load sequence of the row that landed because this content of an id was decided for, also where another was since."""
        return self._kept.get((key, content))

    def hash_of(self, path: Path) -> str | None:
        """Hash of a file that an entry brought; None where none did, or before entries said so."""
        return self._files.get(path.relative_to(self._home.root).as_posix())

    def commit(self, entry: Entry, staged: Path) -> Entry:
        """Make what is staged count, then move its files into place. The entry as it was committed, with the hashes of its files.

        `staged` holds each file under its `staged_path`. All of it is on disk before the entry is linked.
        """
        disk = self._home.disk
        files = {_final_path(path): file_hash(path) for path in sorted(staged.glob("*@*"))}
        entry = msgspec.structs.replace(entry, files=files).sealed()
        data = encoded(entry)
        aside = staged / "entry.json"
        disk.write(aside, data, 0o640)
        disk.sync_all([*sorted(staged.glob("*@*")), aside])
        disk.sync_all([staged, staged.parent])  # the folder's own name too, or what the entry speaks of is gone with it
        disk.link(aside, self._home.ledger / f"{entry.seq:010d}.json")
        self._take(entry, hashlib.sha256(data).hexdigest())  # from here on it counts, whatever fails next
        disk.sync(self._home.ledger)
        roll_forward(self._home, staged)
        return entry

    def _take(self, entry: Entry, head: str) -> None:
        self.entries.append(entry)
        self._loads[entry.load_id] = entry
        self._files.update(entry.files)
        self._head = head
        for path in entry.retired:
            self._places.pop(path).pop(path)
        for kind, by_day in self._parts.items():
            for part in getattr(entry, kind):
                place = by_day.setdefault((part.event, part.event_day), {})
                place[part.path] = part
                self._places[part.path] = place
        self._open.update(dict.fromkeys(entry.conflict_ids))
        for resolution in entry.resolutions:
            self._resolved[resolution.key] = resolution
            self._kept[resolution.key, resolution.kept] = resolution.kept_seq
            self._open.pop(resolution.key, None)


def encoded(entry: Entry) -> bytes:
    """The bytes of its file."""
    return msgspec.json.encode(entry) + b"\n"


def file_hash(path: Path) -> str:
    """32 hex digits of BLAKE2b of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, _hasher).hexdigest()


def bytes_hash(data: bytes) -> str:
    """The same of bytes at hand."""
    return _hasher(data).hexdigest()


def _hasher(data: bytes = b"") -> "hashlib.blake2b":
    return hashlib.blake2b(data, digest_size=16)


@contextmanager
def discarding(home: Home, ledger: Ledger, staged: Path) -> Iterator[None]:
    """Whatever fails in here, nothing stays of a staged folder whose entry was not committed. The folder's name is the entry's load id."""
    try:
        yield
    except BaseException:
        if not ledger.load(staged.name):
            home.disk.remove_folder(staged)
        raise


def staged_path(staged: Path, relative: str) -> Path:
    """Where a load under way keeps the file that will stand at `relative` below the home: flat, so that one folder is synced."""
    return staged / relative.replace("/", "@")


def _final_path(staged_file: Path) -> str:
    """Where a staged file will stand below the home."""
    return staged_file.name.replace("@", "/")


def recover(home: Home, ledger: Ledger, discard: bool = True) -> None:
    """Finish what was committed, discard what was not. Called before anything else is written."""
    for staged in sorted(home.incoming.iterdir()):
        if entry := ledger.load(staged.name):
            home.disk.sync(home.ledger)  # the entry may be linked and not on disk yet
            roll_forward(home, staged, _folders(home, entry))
        elif discard and not staged.is_dir():
            home.disk.remove(staged)
        elif discard:
            home.disk.remove_folder(staged)


def roll_forward(home: Home, staged: Path, moved_into: Iterable[Path] = ()) -> None:
    """Move the files of a committed entry to their places. Can be repeated after a crash at any point.

    `moved_into` are folders into which a try before may have moved files without seeing them on disk.
    """
    moves = [(path, home.root / _final_path(path)) for path in sorted(staged.glob("*@*"))]
    folders = {final.parent for _, final in moves} | set(moved_into)
    for folder in sorted(folders):
        _make_folders(home, folder)
    # first the folders' own names, or a file is moved into a folder that a power cut takes away; all of them, since a crash may have left one unsynced
    home.disk.sync_all(sorted({above for folder in folders for above in folder.parents if above.is_relative_to(home.root)}))
    for path, final in moves:
        home.disk.rename(path, final)
    home.disk.sync_all(sorted(folders))
    home.disk.remove_folder(staged)


def _folders(home: Home, entry: Entry) -> set[Path]:
    """Folders that hold files of an entry, as far as they are there."""
    folders = {(home.root / part.path).parent for part in (*entry.parts, *entry.vault, *entry.refusals)}
    folders.update(home.ids / part.event for part in entry.parts)
    folders.update(home.restricted / area for area in ("quarantine", "unknown", "conflicts", "masked"))
    return {folder for folder in folders if folder.is_dir()}


def _make_folders(home: Home, folder: Path) -> None:
    if not folder.exists():
        _make_folders(home, folder.parent)
        home.disk.make_folder(folder, 0o700 if "restricted" in folder.relative_to(home.root).parts else 0o750)


def _read(folder: Path, after: int, previous: str) -> Iterator[tuple[Entry, str]]:
    decode = msgspec.json.Decoder(Entry).decode
    paths = sorted(path for path in folder.glob("*.json") if path.stem > f"{after:010d}")
    for seq, path in enumerate(paths, start=after + 1):
        data = path.read_bytes()
        try:
            entry = decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LedgerError(f"is not a ledger entry ({error})", str(path), "Restore it from a backup.") from error
        if entry.seq != seq or entry.previous != previous:
            raise LedgerError("does not follow the entry before it", str(path), "Restore the ledger from a backup.")
        # of every other one the next says what it was, to the bit
        if path == paths[-1] and entry.seal and encoded(entry.sealed()) != data:
            raise LedgerError("is not what was written", str(path), "Restore it from a backup.")
        previous = hashlib.sha256(data).hexdigest()
        yield entry, previous

"""The ledger: one small JSON file an entry. Linking it into place is the commit; everything before can be thrown away,
everything after can be done again.

A list of an entry that is longer than LONGEST stands beside it, in `lists/`, one item a line, and the entry has its hash."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from pitboss.errors import LedgerError
from pitboss.home import Home

LONGEST = 1000
"""Items of a list that stand in an entry itself: a reader takes an entry whole, and lists grow with the days and ids of a load."""
_Key = TypeVar("_Key")

Kind = Literal["load", "replay", "resolution", "compaction", "retraction", "set_aside"]


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


class Correction(msgspec.Struct, frozen=True):
    """What the lines of a load are from now on, as a difference to before: lines = landed + quarantined + duplicates stays true of it."""

    load_id: str
    lines: int
    landed: int
    quarantined: int
    duplicates: int


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One change of what counts. lines = landed + quarantined + duplicates, blank lines apart; conflicts are among the quarantined.

    A `load` brings a file. A `replay` brings no line of its own: what left the quarantine stands in `quarantined` with a minus.
    A `resolution` decides about ids in conflict. A `compaction` puts fewer files in the place of many (`retired`).
    A `retraction` takes a load back, as if it had never landed, or puts it back (`is_undone`); its counts are those of the load with a
    minus, or a plus. A `set_aside` leaves events out, or takes that back.
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
    settled: list[EventId] = []
    """Ids that are in conflict no more: of their contents at most one is left."""
    origin: str = ""
    """Id of the load in whose quarantine the lines lay that a replay or a resolution brought."""
    repeated: int | None = None
    """Of the duplicates those whose other copy came with another load; `duplicates/<load_id>.parquet` names them. Null before that was kept."""
    loads: list[str] = []
    """Of a retraction: the load, and what came out of its quarantine."""
    is_undone: bool = False
    withdrawn: list[Part] = []
    """Of a retraction: files that name the landed rows that count no more (weight -1), or again (1)."""
    corrections: list[Correction] = []
    set_aside: list[EventId] = []
    reason: str = ""
    """Why something was retracted or set aside, in the words of who did it."""
    lists: dict[str, str] = {}
    """Lists that stand beside it, by their names, with the hash of the file of each."""
    closed_months: list[str] = []
    """Months (YYYY-MM, UTC) that were over and whose figures a retraction or a set-aside changes."""
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
        self._parts: dict[str, dict[tuple[str, date], dict[str, Part]]] = {"parts": {}, "vault": {}, "refusals": {}, "withdrawn": {}}
        self._places: dict[str, dict[str, Part]] = {}
        self._resolved: dict[EventId, Resolution] = {}
        self._kept: dict[tuple[EventId, str], int] = {}
        self._open: dict[EventId, None] = {}
        self._files: dict[str, str] = {}
        self._retracted: dict[str, Entry] = {}
        self._set_aside: dict[EventId, Entry] = {}
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
        for entry, head in _read(self._home, len(self.entries), self._head):
            self._take(entry, head)

    def load(self, load_id: str) -> Entry | None:
        """The entry that has this id, whether it stands or not."""
        return self._loads.get(load_id)

    def seq(self, load_id: str) -> int:
        """Number of the entry with this id."""
        return self._loads[load_id].seq

    def stands(self, load_id: str) -> bool:
        """Whether an entry with this id was committed, and is not retracted."""
        return load_id in self._loads and load_id not in self._retracted

    @property
    def standing(self) -> list[Entry]:
        """The entries without those of loads that are retracted."""
        return [entry for entry in self.entries if entry.load_id not in self._retracted]

    def load_id(self, content: str) -> str:
        """The id under which a content lands, or has landed: its hash, and another one each time that it was retracted."""
        while content in self._retracted:
            content = _again(content, self._retracted[content].seq)
        return content

    def same_file(self, load_id: str) -> list[str]:
        """The ids under which the content of a load has landed, each time that it was retracted and landed again."""
        came_from = {_again(entry.loads[0], entry.seq): entry.loads[0] for entry in self.entries if entry.kind == "retraction" and not entry.is_undone}

        def first(one: str) -> str:
            while one in came_from:
                one = came_from[one]
            return one

        return [entry.load_id for entry in self.entries if entry.kind == "load" and first(entry.load_id) == first(load_id)]

    def accounts(self) -> dict[str, tuple[int, int, int, int]]:
        """Of each load its lines, and how many of them landed, are quarantined and are duplicates, after all that was done since."""
        found: dict[str, tuple[int, int, int, int]] = {}
        for entry in self.entries:
            said: list[tuple[str, Entry | Correction]] = [(one.load_id, one) for one in entry.corrections]
            for load_id, one in said or [(self.root(entry.load_id), entry)]:
                lines, landed, quarantined, duplicates = found.get(load_id, (0, 0, 0, 0))
                found[load_id] = (lines + one.lines, landed + one.landed, quarantined + one.quarantined, duplicates + one.duplicates)
        return found

    def root(self, load_id: str) -> str:
        """The load with which lines came first, of one that took them out of a quarantine."""
        while (entry := self._loads.get(load_id)) and entry.origin:
            load_id = entry.origin
        return load_id

    @contextmanager
    def supposing(self, loads: Iterable[str], is_undone: bool) -> Iterator[None]:
        """The ledger as it will be when loads are retracted, or stand again."""
        before = dict(self._retracted)
        for load_id in loads:
            if is_undone:
                self._retracted.pop(load_id, None)
            else:
                self._retracted[load_id] = self._loads[load_id]
        try:
            yield
        finally:
            self._retracted = before

    @property
    def retracted(self) -> dict[str, Entry]:
        """Loads that are retracted, and what came out of their quarantine, each with the entry that says so."""
        return self._retracted

    @property
    def set_aside(self) -> dict[EventId, Entry]:
        """Events that are set aside, each with the entry that says so."""
        return self._set_aside

    def parts(self, event: str, day: date) -> list[Part]:
        """Parts of an event's day that count, oldest first."""
        return list(self._parts["parts"].get((event, day), {}).values())

    def vault(self, event: str, day: date) -> list[Part]:
        """Vault parts of an event's day, oldest first."""
        return list(self._parts["vault"].get((event, day), {}).values())

    def all_parts(self, kind: Literal["parts", "vault", "refusals", "withdrawn"]) -> Iterator[Part]:
        """All parts of a kind that count."""
        for parts in self._parts[kind].values():
            yield from parts.values()

    def is_open(self, key: EventId) -> bool:
        """Whether an id is in conflict and nothing is decided about it yet."""
        return key in self._open

    def in_conflict(self, key: EventId) -> bool:
        """Whether an id is in conflict, decided or not."""
        return key in self._open or key in self._resolved

    def resolution(self, key: EventId) -> Resolution | None:
        """What was last decided about an id; None where nothing was, or where a further content came since."""
        return None if key in self._open else self._resolved.get(key)

    def counts(self, key: EventId, load_seq: int) -> bool:
        """Whether a landed row counts as far as conflicts are concerned."""
        resolution = self._resolved.get(key)
        return key not in self._open and (resolution is None or resolution.kept_seq == load_seq)

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
        entry = msgspec.structs.replace(entry, files=files)
        written = self._shortened(entry).sealed()
        entry = msgspec.structs.replace(entry, lists=written.lists, seal=written.seal)
        data = encoded(written)
        aside = staged / "entry.json"
        disk.write(aside, data, 0o640)
        disk.sync_all([*sorted(staged.glob("*@*")), aside])
        disk.sync_all([staged, staged.parent])  # the folder's own name too, or what the entry speaks of is gone with it
        disk.link(aside, self._home.ledger / f"{entry.seq:010d}.json")
        self._take(entry, hashlib.sha256(data).hexdigest())  # from here on it counts, whatever fails next
        disk.sync(self._home.ledger)
        roll_forward(self._home, staged)
        return entry

    def _shortened(self, entry: Entry) -> Entry:
        """The entry without its long lists, which are on disk then. Nobody reads them before the entry is committed."""
        disk = self._home.disk
        changes: dict[str, Any] = {}
        hashes: dict[str, str] = {}
        for name in LISTS:
            items = getattr(entry, name)
            if len(items) <= LONGEST:
                continue
            if not hashes:
                disk.make_folder(self._home.lists)
                disk.sync(self._home.ledger)
            rows = items.items() if isinstance(items, dict) else [item if isinstance(item, msgspec.Struct) else {"value": item} for item in items]
            path = list_path(self._home, entry.seq, name)
            disk.write(path, b"".join(msgspec.json.encode(row) + b"\n" for row in rows), 0o640)
            hashes[name] = file_hash(path)
            changes[name] = {} if isinstance(items, dict) else []
        if not hashes:
            return entry
        disk.sync_all([list_path(self._home, entry.seq, name) for name in hashes])
        disk.sync(self._home.lists)
        return msgspec.structs.replace(entry, **changes, lists=hashes)

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
        for key in entry.settled:
            self._resolved.pop(key, None)
            self._open.pop(key, None)
        _mark(self._retracted, entry.loads, entry)
        _mark(self._set_aside, entry.set_aside, entry)


def _again(load_id: str, seq: int) -> str:
    """Id of the load that lands the file of one that entry `seq` has retracted."""
    return hashlib.sha256(f"{load_id} {seq}".encode()).hexdigest()[:32]


def _mark(marked: dict[_Key, Entry], keys: Iterable[_Key], entry: Entry) -> None:
    """Remember of keys which entry took them out, or forget it where the entry puts them back."""
    for key in keys:
        if entry.is_undone:
            marked.pop(key, None)
        else:
            marked[key] = entry


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


def list_path(home: Home, seq: int, name: str) -> Path:
    """Where a long list of an entry stands."""
    return home.lists / f"{seq:010d}-{name}.jsonl"


def recover(home: Home, ledger: Ledger, discard: bool = True) -> None:
    """Finish what was committed, discard what was not. Called before anything else is written."""
    for path in home.lists.glob("*.jsonl"):
        if not path.name[:10].isdigit() or int(path.name[:10]) >= ledger.next_seq:
            home.disk.remove(path)
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
    folders = {(home.root / part.path).parent for part in (*entry.parts, *entry.vault, *entry.refusals, *entry.withdrawn)}
    folders.add(home.root / "duplicates")
    folders.update(home.ids / part.event for part in entry.parts)
    folders.update(home.restricted / area for area in ("quarantine", "unknown", "conflicts", "masked"))
    return {folder for folder in folders if folder.is_dir()}


def _make_folders(home: Home, folder: Path) -> None:
    if not folder.exists():
        _make_folders(home, folder.parent)
        home.disk.make_folder(folder, 0o700 if "restricted" in folder.relative_to(home.root).parts else 0o750)


def _read(home: Home, after: int, previous: str) -> Iterator[tuple[Entry, str]]:
    decode = msgspec.json.Decoder(Entry).decode
    paths = sorted(path for path in home.ledger.glob("*.json") if path.stem > f"{after:010d}")
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
        yield _whole(home, entry), previous


def _whole(home: Home, entry: Entry) -> Entry:
    """An entry with the lists that stand beside it."""
    changes: dict[str, Any] = {}
    for name, expected in entry.lists.items():
        path = list_path(home, entry.seq, name)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise LedgerError(f"is a part of entry {entry.seq} and cannot be read ({error.strerror})", str(path), "Restore it from a backup.") from error
        if bytes_hash(data) != expected:
            raise LedgerError(f"is not what entry {entry.seq} of the ledger says", str(path), "Restore it from a backup.")
        changes[name] = LISTS[name](data)
    return msgspec.structs.replace(entry, **changes) if changes else entry


def _items(kind: Any) -> Callable[[bytes], list[Any]]:
    decoder = msgspec.json.Decoder(kind)
    return decoder.decode_lines


def _values(data: bytes) -> list[str]:
    return [row["value"] for row in msgspec.json.Decoder(dict[str, str]).decode_lines(data)]


def _pairs(data: bytes) -> dict[str, str]:
    return dict(msgspec.json.Decoder(tuple[str, str]).decode_lines(data))


LISTS: dict[str, Callable[[bytes], Any]] = {
    **dict.fromkeys(("parts", "vault", "refusals", "withdrawn"), _items(Part)),
    **dict.fromkeys(("conflict_ids", "settled", "set_aside"), _items(EventId)),
    **dict.fromkeys(("retired", "loads"), _values),
    "files": _pairs,
    "violations": _items(Violation),
    "resolutions": _items(Resolution),
    "corrections": _items(Correction),
}
"""Lists of an entry that may grow long, each with what reads its file."""

"""Where a home keeps what, and the lock under which one process at a time may write to it."""

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pitboss.disk import Disk
from pitboss.errors import HomeError, LockedError

PROJECT = Path(__file__).resolve().parents[2]
"""The dbt project this package belongs to (it is installed in place)."""

_NOTHING = ".no-file-has-this-name"


@dataclass(frozen=True)
class Home:
    """One folder with all data of one casino. `restricted` is readable by its owner only."""

    root: Path
    disk: Disk = field(default_factory=Disk, compare=False, repr=False)

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger"

    @property
    def lists(self) -> Path:
        """Lists of ledger entries that are too long to stand in them."""
        return self.ledger / "lists"

    @property
    def ids(self) -> Path:
        return self.root / "ids"

    @property
    def restricted(self) -> Path:
        return self.root / "restricted"

    @property
    def incoming(self) -> Path:
        """Loads that are under way. In the restricted area, because raw lines pass through it."""
        return self.restricted / "incoming"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def target(self) -> Path:
        return self.root / "target"

    def create(self) -> None:
        """Make the folders that must exist before anything is landed. Safe to repeat.

        Raises:
            HomeError: the home has a name under which DuckDB would put files elsewhere, or lies on several volumes; nothing was changed.
        """
        if {"?", "\\"} & set(str(self.root.resolve())):
            raise HomeError("has a ? or \\ in its path, which DuckDB takes for something else", str(self.root), "Choose another folder with --home.")
        self._refuse_volumes()
        if not self.root.is_dir():
            self.root.mkdir(parents=True, exist_ok=True)
            self.disk.sync(self.root.parent)
        for folder in (self.landing, self.ledger, self.ids):
            self.disk.make_folder(folder)
        for folder in (self.restricted, self.incoming):
            self.disk.make_folder(folder, 0o700)
        self.disk.sync(self.restricted)
        self.disk.sync(self.root)

    def _refuse_volumes(self) -> None:
        """Files are renamed out of `incoming` when their entry is committed. Where that cannot be, it must show before and not then."""
        here = _nearest(self.incoming)
        folders = [self.landing, self.ledger, self.ids, self.root / "refusals"]
        folders += [self.restricted / area for area in ("quarantine", "unknown", "conflicts", "masked", "vault")]
        for area in (self.landing, self.ids, self.restricted / "vault"):
            folders += [event for event in area.iterdir() if event.is_dir()] if area.is_dir() else []
        for folder in folders:
            if _is_elsewhere(here, _nearest(folder)):
                what = f"lies on another volume than {self.incoming}, and no file can be renamed from there; nothing was changed"
                remedy = "Keep landing, refusals, ledger, ids and restricted of a home on one volume, under one mount: move the whole home, not a part of it."
                raise HomeError(what, str(folder), remedy)

    def tighten(self) -> None:
        """Take from others, and from the group what it may only read, whatever a umask, a copy or a tool has opened to them.

        What is published is made from the rest, so nothing of the rest may be more open than that. Its folder is a matter of `serve.audiences`.
        """
        closed = {self.restricted: 0o077, self.root / "lock": 0o077}
        named = (self.root / "refusals", self.root / "duplicates", self.root / "withdrawn")
        product = (self.landing, self.ledger, self.ids, *named, self.target, self.warehouse)
        for path, others in (closed | dict.fromkeys(product, 0o027)).items():
            if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & others:
                path.chmod(mode & ~others)

    def key(self) -> bytes:
        """The home's secret key for ids and pseudonyms: 32 bytes, made once, mode 0600.

        Raises:
            HomeError: something has landed with a key that is gone.
        """
        path = self.restricted / "key"
        if not path.exists():
            if any(self.ledger.glob("*.json")):
                what = "the key is gone with which events have landed; nothing was changed"
                raise HomeError(what, str(path), "Restore it from a backup: with another one no id or pseudonym would match, and nothing would be a duplicate.")
            aside = path.with_suffix(".new")
            self.disk.write(aside, secrets.token_bytes(32))
            self.disk.sync(aside)
            self.disk.rename(aside, path)
            self.disk.sync(self.restricted)
        return path.read_bytes()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home for writing.

        Raises:
            LockedError: another process holds it; nothing was changed.
        """
        self.create()
        with open(os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+") as file:  # others who could read it could hold it
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                file.seek(0)
                holder = file.read().strip() or "unknown"
                raise LockedError(
                    f"another pitboss process (pid {holder}) is writing here; nothing was changed",
                    str(self.root),
                    "Run the command again when it has finished.",
                ) from error
            file.seek(0)
            file.truncate()
            file.write(str(os.getpid()))
            file.flush()
            yield


def _nearest(folder: Path) -> Path:
    """The folder, or the one in which it would be made."""
    return folder if folder.exists() else _nearest(folder.parent)


def _is_elsewhere(one: Path, other: Path) -> bool:
    """Whether nothing can be renamed from one folder to the other: other volumes, or one that is mounted twice, whose device is the same."""
    if one.stat().st_dev != other.stat().st_dev:
        return True
    try:
        os.rename(one / _NOTHING, other / _NOTHING)  # says which of the two reasons not to it has
    except OSError as error:
        return error.errno == errno.EXDEV
    return False

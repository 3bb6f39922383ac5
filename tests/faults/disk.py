"""A disk on which one chosen operation goes wrong, and which remembers what a power cut would take."""

import errno
import io
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

from pitboss.disk import Disk

from tests.faults.power import Doubts, Memory

Crash = Literal["kill", "power", "short_kill", "short_power"]
Error = Literal["enospc", "eio", "full", "short"]
CRASHES: tuple[Crash, ...] = ("power", "short_power", "short_kill", "kill")
"""kill: the process dies before the operation. power: the machine dies. short: half of the bytes were written before."""
ERRORS: tuple[Error, ...] = ("enospc", "eio", "full", "short")
"""The process lives on. full: from here on nothing more can be written. short: half of the bytes are written, then the disk is full."""
_GROWS = frozenset({"create", "write", "make_folder", "link", "rename"})
_CHUNK = 1 << 12
T = TypeVar("T")
Watch = Callable[[int, str, Path, bytes], None]


class Killed(BaseException):
    """The process has died: nothing that it would still do is done."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong at which operation, counted from 1."""

    at: int
    kind: Crash | Error
    seed: int

    def __str__(self) -> str:
        return f"{self.kind} at {self.at} (seed {self.seed})"


class HastyDisk(Disk):
    """Waits for no device. Its files may have further names in other homes, which keep what they have."""

    def create(self, path: Path, mode: int = 0o600) -> BinaryIO:
        if path.exists() and path.stat().st_nlink > 1:
            path.unlink()
        return super().create(path, mode)

    def sync(self, path: Path) -> None:
        if not path.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))

    def sync_all(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self.sync(path)


class FaultyDisk(HastyDisk):
    """Counts its operations and lets one of them fail. `memory` knows what was synced.

    `watch` is called before each operation: its number, what it is, where, and the bytes that it would write.
    """

    def __init__(self, root: Path, fault: Fault | None = None, watch: Watch | None = None, doubts: Doubts = (frozenset(), frozenset())) -> None:
        self.root, self.fault, self._watch = root, fault, watch
        self.memory = Memory(root, doubts)
        self.count = 0
        self.hit = ""
        """The operation that failed, once it has."""
        self._is_dead = self._is_full = False

    def die(self) -> None:
        """From here on nothing is changed any more."""
        self._is_dead = True

    def step(self, name: str, path: Path, act: Callable[[], T], data: bytes = b"", handle: int = -1) -> T:
        """One operation."""
        if self._is_dead:
            raise Killed
        self.count += 1
        if self._watch:
            self._watch(self.count, f"{name} {self._shown(path)}", path, data)
        fault = self.fault
        if fault and self.count == fault.at:
            self.hit = f"{name} {self._shown(path)}"
            if fault.kind.startswith("short") and data:
                os.write(handle, data[: len(data) // 2])
            if fault.kind in CRASHES:
                self._is_dead = True
                raise Killed
            self._is_full = fault.kind == "full"
            code = errno.EIO if fault.kind == "eio" else errno.ENOSPC
            raise OSError(code, os.strerror(code), str(path))
        if self._is_full and name in _GROWS:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return act()

    def _shown(self, path: Path) -> Path:
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path

    # ------------------------------------------------------------ the operations

    def create(self, path: Path, mode: int = 0o600) -> BinaryIO:
        def act() -> int:
            if path.exists() and path.stat().st_nlink > 1:  # homes are copied by links
                path.unlink()
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            os.fchmod(handle, mode)
            return handle

        handle = self.step("create", path, act)
        self.memory.created(path)
        return io.BufferedWriter(_File(self, path, handle), _CHUNK)

    def make_folder(self, path: Path, mode: int = 0o750) -> None:
        if not path.is_dir():
            self.step("make_folder", path, lambda: path.mkdir(mode=mode))
            self.memory.created(path)

    def chmod(self, path: Path, mode: int) -> None:
        self.step("chmod", path, lambda: path.chmod(mode))

    def link(self, path: Path, name: Path) -> None:
        self.step("link", name, lambda: os.link(path, name))
        self.memory.linked(path, name)

    def symlink(self, target: Path, name: Path) -> None:
        self.step("symlink", name, lambda: super(FaultyDisk, self).symlink(target, name))

    def rename(self, path: Path, to: Path) -> None:
        def act() -> None:
            self.memory.renaming(path, to)
            os.replace(path, to)

        self.step("rename", to, act)

    def remove(self, path: Path) -> None:
        def act() -> None:
            self.memory.removing(path)
            path.unlink(missing_ok=True)

        self.step("remove", path, act)

    def remove_folder(self, path: Path) -> None:
        if not path.exists():
            return
        for entry in sorted(path.iterdir()):
            if entry.is_dir():
                self.remove_folder(entry)
            else:
                self.remove(entry)

        def act() -> None:
            self.memory.removing(path)
            path.rmdir()

        self.step("remove_folder", path, act)

    def sync(self, path: Path) -> None:
        self.step("sync", path, lambda: self.memory.synced(path))


class _File(io.RawIOBase):
    """A file open for writing, each write and the closing an operation."""

    def __init__(self, disk: FaultyDisk, path: Path, handle: int) -> None:
        self._disk, self._path, self._handle = disk, path, handle

    def writable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return os.lseek(self._handle, offset, whence)

    def write(self, data: "memoryview | bytes") -> int:  # type: ignore[override]
        raw = bytes(data)
        self._disk.memory.written(self._handle)
        return self._disk.step("write", self._path, lambda: os.write(self._handle, raw), raw, self._handle)

    def close(self) -> None:
        if self.closed:
            return
        super().close()
        try:
            self._disk.step("close", self._path, lambda: None)
        finally:
            os.close(self._handle)

"""Every change that Pitboss makes to files by its own hand. In one place, so that tests can let each of them fail."""

import contextlib
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO


class Disk:
    """The real disk. What it does is not safe from a power cut before `sync` of the file, and of the folder that names it."""

    def create(self, path: Path, mode: int = 0o600) -> BinaryIO:
        """A new or emptied file, open for writing, with exactly this mode."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        os.fchmod(handle, mode)
        return open(handle, "wb", buffering=1 << 18)

    def write(self, path: Path, data: bytes, mode: int = 0o600) -> None:
        """A file with exactly these bytes."""
        with self.create(path, mode) as file:
            file.write(data)

    def make_folder(self, path: Path, mode: int = 0o750) -> None:
        """A folder, unless it is there."""
        if not path.is_dir():
            path.mkdir(mode=mode)

    def chmod(self, path: Path, mode: int) -> None:
        path.chmod(mode)

    def link(self, path: Path, name: Path) -> None:
        """A second name for a file.

        Raises:
            FileExistsError: the name is taken; unlike a rename, a link replaces nothing.
        """
        os.link(path, name)

    def symlink(self, target: Path, name: Path) -> None:
        """A link by name, unless the name is taken."""
        with contextlib.suppress(FileExistsError):
            name.symlink_to(target)

    def rename(self, path: Path, to: Path) -> None:
        """Rename, in place of what has that name."""
        os.replace(path, to)

    def remove(self, path: Path) -> None:
        """Remove a file, unless it is gone."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Remove a folder with all that is in it, unless it is gone."""
        if path.exists():
            shutil.rmtree(path)

    def sync(self, path: Path) -> None:
        """Have a file or a folder on disk before going on."""
        handle = os.open(path, os.O_RDONLY)  # what was written through another descriptor is written back all the same
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def sync_all(self, paths: Iterable[Path]) -> None:
        """`sync` of each, several at a time, because a journalling file system commits what waits together."""
        with ThreadPoolExecutor(8) as pool:
            for _ in pool.map(self.sync, paths):
                pass

"""The published files: who reads which, under which names, and what may not stand beside them."""

import stat
from pathlib import Path
from typing import NamedTuple

from pitboss.disk import Disk
from pitboss.home import Home


class Audience(NamedTuple):
    """Who reads: the file, the schema in it and its usual mode, for DuckDB has no users, and who may read what is a matter of files."""

    file: str
    schema: str
    mode: int


AUDIENCES = {"analyst": Audience("pitboss.duckdb", "marts", 0o640), "risk": Audience("pitboss_risk.duckdb", "risk", 0o600)}
"""Neither schema has the name of a file: DuckDB names a database after its file, and the two would be one word for two things."""
_GUARD = Path("/dev/null")


def previous(path: Path) -> Path:
    """Name of the version before a published file."""
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def guard(home: Home) -> None:
    """Keep what readers see apart from what stands beside it: whatever a tool that wrote has left there goes, and no tool can write again.

    DuckDB replays a log that it finds beside a file, and readers do too. In its place stands a link to nothing: a tool that opens the file
    for writing fails at its first commit, and a reader finds an empty log.
    """
    for audience in AUDIENCES.values():
        path = home.published / audience.file
        for each in (path, previous(path)):
            if each.exists():
                guard_file(home.disk, each)
    if home.published.is_dir() and not _is_open(home):
        fit_folder(home)


def fit_folder(home: Home) -> None:
    """Let others into the folder where a file in place is published for them, and nobody but owner and group elsewhere."""
    mode = stat.S_IMODE(home.published.stat().st_mode)
    fitting = mode & 0o750 | (0o005 if _is_open(home) else 0)
    if fitting != mode:
        home.disk.chmod(home.published, fitting)


def _is_open(home: Home) -> bool:
    """Whether others may read a file that is in place."""
    paths = [home.published / audience.file for audience in AUDIENCES.values()]
    return any(path.exists() and path.stat().st_mode & stat.S_IROTH for path in paths)


def guard_file(disk: Disk, path: Path) -> None:
    """`guard` of one file, which need not be there yet."""
    log = path.with_name(path.name + ".wal")
    for sidecar in path.parent.glob(f"{path.name}.*"):
        if ".new" in sidecar.name or (sidecar == log and _is_guard(log)):
            continue
        if sidecar.is_dir() and not sidecar.is_symlink():
            disk.remove_folder(sidecar)
        else:
            disk.remove(sidecar)
    if not _is_guard(log):
        disk.symlink(_GUARD, log)
        disk.sync(path.parent)


def _is_guard(log: Path) -> bool:
    return log.is_symlink() and log.readlink() == _GUARD

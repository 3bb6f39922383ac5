"""Reading a raw file as blocks of whole lines, to its end or not at all."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pitboss.errors import SourceError
from pitboss.landing.archive import DAMAGES, decompressed
from pitboss.landing.masking import masked_words

BLOCK = 1 << 19
"""Bytes per read. A block's lines stay in the processor's cache while the gate looks at them."""
LONGEST_LINE = 16 << 20
"""A longer line, its end not counted, is quarantined with its first LINE_SAMPLE bytes; memory stays bounded whatever a file holds."""
LINE_SAMPLE = 1 << 16
ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst")
FREE_BYTES = 1 << 30
MOST_TIMES = 200
"""An archive may unpack to FREE_BYTES whatever its size, and to MOST_TIMES its size. Events shrink to a tenth or a thirtieth, bombs to a thousandth."""
_BOM = b"\xef\xbb\xbf"
_OTHER = {
    b"\x1f\x8b": ("is gzip inside", "Give it a name that ends in .jsonl.gz, or unpack it once more."),
    b"\x28\xb5\x2f\xfd": ("is Zstandard inside", "Give it a name that ends in .jsonl.zst, or unpack it once more."),
    b"PK\x03\x04": ("is a zip archive", "Unpack it."),
    b"\xff\xfe": ("is UTF-16", "Write it as UTF-8."),
    b"\xfe\xff": ("is UTF-16", "Write it as UTF-8."),
}
"""First bytes of what no line of JSON can begin with. Told whole, because its lines would be splinters."""


@dataclass(frozen=True)
class Source:
    """A raw file that was read once to its end, and what was found."""

    path: Path
    channel: str
    load_id: str
    bytes: int
    stamp: tuple[int, int, int]
    digest: str
    """SHA-256 of the content. Every reading of the file proves that it had this one."""

    @cached_property
    def name(self) -> str:
        """The file's name as text; bytes that are no UTF-8 stand as \\xNN, and personal data are masked."""
        return masked_words(_text(self.path.name))


class Block(NamedTuple):
    """Consecutive lines of a file, without their line ends. `offset` is that of the first in the decompressed stream."""

    first_line: int
    offset: int
    lines: list[bytes]
    is_cut: bool = False


def find(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Files to land, each with its channel: the name of its folder, as inbox/<channel>/<file> has it. Links are followed, each folder once.

    Raises:
        SourceError: a path does not exist, or a folder cannot be listed.
    """
    found: list[tuple[Path, str]] = []
    for path in paths:
        if not path.exists():
            what = "is a link to nothing" if path.is_symlink() else "no such file or folder"
            raise SourceError(f"{what}; nothing was landed", str(path), "Check the path.")
        found.extend((file, _channel(file)) for file in (_below(path) if path.is_dir() else [path]))
    return found


def _below(folder: Path) -> list[Path]:
    seen: set[tuple[int, int]] = set()
    found: list[Path] = []

    def refuse(error: OSError) -> None:
        raise SourceError(f"cannot be listed ({error.strerror}); nothing was landed", str(error.filename), "Check the folder.") from error

    for at, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        status = Path(at).stat()
        if (status.st_dev, status.st_ino) in seen:  # a link led here again
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders.sort(key=lambda name: (Path(at, name).is_symlink(), name))  # what is known by its own name first
        found.extend(Path(at, name) for name in files if name.lower().endswith(ENDINGS))
    return sorted(found)


def _channel(file: Path) -> str:
    """The folder in which a file, or the link to it, stands."""
    folder = file.parent.resolve() if ".." in file.parts else file.parent.absolute()
    return _text(folder.name)


def examine(path: Path, channel: str) -> Source:
    """Read a file whole: its content's hash is the load's id, and an archive that is cut shows before anything is landed.

    Raises:
        SourceError: the file cannot be read to its end.
    """
    before = _stamp(path)
    most = max(FREE_BYTES, MOST_TIMES * before[1])
    digest, size = hashlib.sha256(), 0
    for data in _stream(path):
        if not size:
            _refuse_other(path, data)
        digest.update(data)
        size += len(data)
        if size > most:
            what = f"unpacks to more than {FREE_BYTES >> 30} GiB and {MOST_TIMES} times its size; nothing of it was landed"
            raise SourceError(what, str(path), "If it is what it should be, unpack it and land the plain file.")
    if _stamp(path) != before:
        raise SourceError("changed while it was read; nothing of it was landed", str(path), "Land it when its producer has closed it.")
    content = digest.hexdigest()
    return Source(path, masked_words(channel), content[:32], size, before, content)


def blocks(source: Source) -> Iterator[Block]:
    """The file's lines in blocks. A line over LONGEST_LINE comes alone, as its first LINE_SAMPLE bytes, `is_cut`.

    Raises:
        SourceError: the file is not what `examine` saw. Known only at its end: until then nothing of it may count.
    """
    digest = hashlib.sha256()
    line, offset, rest = 1, 0, b""
    skipped = 0  # bytes already read of a line that is too long
    is_start = True
    for data in _stream(source.path):
        digest.update(data)
        if is_start:
            is_start = False
            if data.startswith(_BOM):
                data, offset = data[len(_BOM) :], len(_BOM)
        passed = skipped or len(rest)  # what is read of the line under way
        if passed + len(data) > LONGEST_LINE:
            first_end = data.find(b"\n")
            length = passed + (len(data) if first_end < 0 else first_end)
            if length > LONGEST_LINE:
                rest = rest[:LINE_SAMPLE]
                if first_end < 0:
                    skipped = length
                    continue
                yield Block(line, offset, [rest], is_cut=True)
                line, offset, rest, skipped = line + 1, offset + length + 1, b"", 0
                data = data[first_end + 1 :]
        end = data.rfind(b"\n") + 1
        if not end:
            rest += data
            continue
        whole = rest + data[:end]
        rest = data[end:]
        lines = whole.split(b"\n")
        lines.pop()
        yield Block(line, offset, lines)
        line, offset = line + len(lines), offset + len(whole)
    if skipped or rest:
        yield Block(line, offset, [rest], is_cut=bool(skipped))
    # the content too: who writes in place and sets the time back, or has a clock that is too coarse, leaves the stamp as it was
    if _stamp(source.path) != source.stamp or digest.hexdigest() != source.digest:
        raise SourceError("changed while it was landed; nothing of it was landed", str(source.path), "Land it when its producer has closed it.")


def _text(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError as error:
        what = "is a link to nothing" if path.is_symlink() else f"cannot be read ({error.strerror})"
        raise SourceError(f"{what}; nothing of it was landed", str(path), "Check the file.") from error
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer, and a file is read twice
        raise SourceError("is a pipe, a device or a socket; nothing of it was landed", str(path), "Write it to a file first.")
    return status.st_ino, status.st_size, status.st_mtime_ns


def _refuse_other(path: Path, start: bytes) -> None:
    for mark, (what, remedy) in _OTHER.items():
        if start.startswith(mark):
            raise SourceError(f"{what}; nothing of it was landed", str(path), remedy)


def _stream(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from decompressed(path.name, file, BLOCK)
    except DAMAGES as error:
        raise SourceError(f"is a damaged or cut archive ({error}); nothing of it was landed", str(path), "Fetch it again.") from error
    except OSError as error:
        raise SourceError(f"cannot be read ({error.strerror or error}); nothing of it was landed", str(path), "Check the file.") from error

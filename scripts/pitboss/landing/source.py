"""Reading a raw file: plain, gzip or Zstandard, as blocks of whole lines, to its end or not at all."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

import zstandard

from pitboss.errors import SourceError

BLOCK = 1 << 19
"""Bytes per read. A block's lines stay in the processor's cache while the gate looks at them."""
LONGEST_LINE = 16 << 20
"""A longer line is quarantined with its first LINE_SAMPLE bytes; memory stays bounded whatever a file holds."""
LINE_SAMPLE = 1 << 16
ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Source:
    """A raw file that was read once to its end, and what was found."""

    path: Path
    channel: str
    load_id: str
    bytes: int
    stamp: tuple[int, int, int]

    @property
    def name(self) -> str:
        """The file's name as text; bytes that are no UTF-8 stand as \\xNN."""
        return _text(self.path.name)


class Block(NamedTuple):
    """Consecutive lines of a file, without their line ends. `offset` is that of the first in the decompressed stream."""

    first_line: int
    offset: int
    lines: list[bytes]
    is_cut: bool = False


def find(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Files to land, each with its channel: the name of its folder, as inbox/<channel>/<file> has it.

    Raises:
        SourceError: a path does not exist.
    """
    found: list[tuple[Path, str]] = []
    for path in paths:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(ENDINGS))
            found.extend((file, _text(file.resolve().parent.name)) for file in files)
        elif path.is_file():
            found.append((path, _text(path.resolve().parent.name)))
        else:
            raise SourceError("no such file or folder; nothing was landed", str(path), "Check the path.")
    return found


def examine(path: Path, channel: str) -> Source:
    """Read a file whole: its content's hash is the load's id, and an archive that is cut shows before anything is landed.

    Raises:
        SourceError: the file cannot be read to its end.
    """
    before = _stamp(path)
    digest, size = hashlib.sha256(), 0
    for data in _stream(path):
        digest.update(data)
        size += len(data)
    if _stamp(path) != before:
        raise SourceError("changed while it was read; nothing of it was landed", str(path), "Land it when its producer has closed it.")
    return Source(path, channel, digest.hexdigest()[:32], size, before)


def blocks(source: Source) -> Iterator[Block]:
    """The file's lines in blocks. A line over LONGEST_LINE comes alone, as its first LINE_SAMPLE bytes, `is_cut`.

    Raises:
        SourceError: the file is not what `examine` saw.
    """
    line, offset, rest = 1, 0, b""
    skipped = 0  # bytes already passed of a line that is too long
    is_start = True
    for data in _stream(source.path):
        if is_start:
            is_start = False
            if data.startswith(_BOM):
                data, offset = data[len(_BOM) :], len(_BOM)
        end = data.rfind(b"\n") + 1
        if skipped:
            first_end = data.find(b"\n") + 1
            if not first_end:
                skipped += len(data)
                continue
            yield Block(line, offset, [rest], is_cut=True)
            line, offset, rest = line + 1, offset + skipped + first_end, b""
            data, end, skipped = data[first_end:], end - first_end, 0
        if not end:
            rest += data
            if len(rest) > LONGEST_LINE:
                skipped, rest = len(rest), rest[:LINE_SAMPLE]
            continue
        whole = rest + data[:end]
        rest = data[end:]
        lines = whole.split(b"\n")
        lines.pop()
        yield Block(line, offset, lines)
        line, offset = line + len(lines), offset + len(whole)
    if skipped or rest:
        yield Block(line, offset, [rest], is_cut=bool(skipped))
    if _stamp(source.path) != source.stamp:
        raise SourceError("changed while it was landed; nothing of it was landed", str(source.path), "Land it when its producer has closed it.")


def _text(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise SourceError(f"cannot be read ({error.strerror}); nothing of it was landed", str(path), "Check the file.") from error
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _stream(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            if path.name.lower().endswith(".gz"):
                yield from _gzip(file)
            elif path.name.lower().endswith(".zst"):
                yield from _zstandard(file)
            else:
                while data := file.read(BLOCK):
                    yield data
    except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
        raise SourceError(f"is a damaged or cut archive ({error}); nothing of it was landed", str(path), "Fetch it again.") from error
    except OSError as error:
        raise SourceError(f"cannot be read ({error.strerror or error}); nothing of it was landed", str(path), "Check the file.") from error


def _gzip(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as archive:
        while data := archive.read(BLOCK):
            yield data


def _zstandard(file: BinaryIO) -> Iterator[bytes]:
    _walk_frames(file)
    file.seek(0)
    reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True, closefd=False)
    while data := reader.read(BLOCK):
        yield data


def _walk_frames(file: BinaryIO) -> None:
    """Step from block header to block header (RFC 8878, 3.1.1), since the reader says nothing of a frame that has no end."""
    size, at = file.seek(0, 2), 0
    while at < size:
        file.seek(at)
        head = file.read(18)
        if int.from_bytes(head[:4], "little") & 0xFFFFFFF0 == 0x184D2A50:  # a skippable frame
            at += 8 + int.from_bytes(head[4:8], "little")
            continue
        has_checksum = zstandard.get_frame_parameters(head).has_checksum
        at += zstandard.frame_header_size(head)
        is_last = False
        while not is_last and at < size:
            file.seek(at)
            header = int.from_bytes(file.read(3), "little")
            is_last, kind, length = bool(header & 1), header >> 1 & 3, header >> 3
            at += 3 + (1 if kind == 1 else length)
        at += 4 if has_checksum else 0
        if not is_last:
            break
    if at != size:
        raise EOFError("the last frame has no end")

"""The bytes of a file by its name: plain, gzip or Zstandard. An archive that is cut or damaged is an error, never a shorter file."""

import gzip
import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

DAMAGES = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)
"""What `decompressed` raises where an archive is cut or damaged."""


def decompressed(name: str, file: BinaryIO, block: int) -> Iterator[bytes]:
    """The content of an open file, in pieces of at most `block` bytes; several members or frames are one content.

    Raises:
        EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError: the archive does not end where it says, or its checksum is wrong.
    """
    if name.lower().endswith(".gz"):
        yield from _gzip(file, block)
    elif name.lower().endswith(".zst"):
        yield from _zstandard(file, block)
    else:
        while data := file.read(block):
            yield data


def _gzip(file: BinaryIO, block: int) -> Iterator[bytes]:
    if not file.seek(0, os.SEEK_END):
        raise EOFError("no byte of it is there")
    file.seek(0)
    with gzip.GzipFile(fileobj=file) as archive:
        while data := archive.read(block):
            yield data


def _zstandard(file: BinaryIO, block: int) -> Iterator[bytes]:
    _walk_frames(file)
    file.seek(0)
    reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True, closefd=False)
    while data := reader.read(block):
        yield data


def _walk_frames(file: BinaryIO) -> None:
    """Step from block header to block header (RFC 8878, 3.1.1), since the reader says nothing of a frame that has no end."""
    size, at = file.seek(0, os.SEEK_END), 0
    if not size:
        raise EOFError("no byte of it is there")
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
        if not is_last:  # cut between two blocks: every byte that is there makes sense
            raise EOFError("the last frame has no end")
        at += 4 if has_checksum else 0
    if at != size:
        raise EOFError("the last frame has no end")

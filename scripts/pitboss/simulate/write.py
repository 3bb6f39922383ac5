"""From lines to files: one file a channel and ISO week of arrival, sorted by arrival, put in place by one rename."""

from collections import defaultdict
from pathlib import Path

from pitboss.simulate.clock import FIRST_MONDAY, WEEK, week_name

# Thirteen digits of arrival time stand before each spooled line, so that sorting needs no parsing.
_KEY = 13
_SPILL_BYTES = 192 * 1024 * 1024


class Spool:
    """Collects lines in any order of time; spills to disk, so that memory stays bounded by one file's lines."""

    def __init__(self, folder: Path) -> None:
        self.lines = 0
        self.blank_lines = 0
        self._folder = folder
        self._held = 0
        self._buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._spilled: set[tuple[str, int]] = set()

    def add(self, channel: str, arrival: int, line: str) -> None:
        """One line that reaches a channel at an instant (ms)."""
        self.lines += 1
        self._held += len(line)
        self._buckets[channel, (arrival - FIRST_MONDAY) // WEEK].append(f"{arrival:013d}{line}\n")

    def add_blank(self, channel: str, arrival: int) -> None:
        """An empty line: counted apart, as the landing does."""
        self.blank_lines += 1
        self._buckets[channel, (arrival - FIRST_MONDAY) // WEEK].append(f"{arrival:013d}\n")

    def spill(self) -> None:
        """Move what is held to disk once it has grown large. Call it between days."""
        if self._held < _SPILL_BYTES:
            return
        for bucket, lines in self._buckets.items():
            with self._path(bucket).with_suffix(".spool").open("ab") as file:
                file.write(_encode(lines))
            self._spilled.add(bucket)
        self._buckets.clear()
        self._held = 0

    def finish(self) -> list[str]:
        """Write every file sorted by arrival; returns their paths relative to the folder, in order."""
        names = []
        for bucket in sorted({*self._buckets, *self._spilled}):
            path = self._path(bucket)
            lines = _encode(self._buckets.pop(bucket, [])).splitlines(keepends=True)
            if bucket in self._spilled:
                spool = path.with_suffix(".spool")
                lines = spool.read_bytes().splitlines(keepends=True) + lines
                spool.unlink()
            lines.sort(key=_arrival)
            path.write_bytes(b"".join([line[_KEY:] for line in lines]))
            names.append(path.relative_to(self._folder).as_posix())
        return names

    def _path(self, bucket: tuple[str, int]) -> Path:
        channel, week = bucket
        folder = self._folder / channel
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{week_name(week)}.jsonl"


def _arrival(line: bytes) -> bytes:
    return line[:_KEY]


def _encode(lines: list[str]) -> bytes:
    # Lines that are planted as broken UTF-8 carry lone surrogates, which come out as the raw bytes they stand for.
    return "".join(lines).encode("utf-8", "surrogateescape")

"""The pass over one source: every line goes to the lane of its event, or to the quarantine."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from pitboss.landing.context import Load
from pitboss.landing.gate import UNREADABLE, Refusal
from pitboss.landing.lane import Lane
from pitboss.landing.source import Block, blocks


class Sorter:
    """Puts a load's lines through the gate. `lanes` holds what came of them, one an event."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self.lanes: dict[str, Lane] = {}
        self.lines = 0
        self.blank = 0

    def run(self, progress: Callable[[Path, int], None]) -> None:
        """Pass over the source once. The lanes are left open."""
        source, done = self._load.source, 0
        for block in blocks(source):
            self._sort(block)
            progress(source.path, block.offset - done)
            done = block.offset
        progress(source.path, source.bytes - done)

    def _sort(self, block: Block) -> None:
        load = self._load
        if block.is_cut:
            self.lines += 1
            refusal = Refusal("unknown", None, "line_too_long", "", "longer than 16 MiB; its beginning is kept")
            load.quarantine.refuse(block.first_line, block.offset, block.lines[0], refusal)
            return
        decode, types = load.gate.decode, load.gate.types
        good: dict[type[msgspec.Struct], tuple[list[bytes], list[int]]] = {kind: ([], []) for kind in types}
        blank = 0
        known, offset = 0, block.offset  # the offset of the line at index `known`
        for number, line in enumerate(block.lines, block.first_line):
            try:
                lines, numbers = good[decode(line).__class__]
                lines.append(line)
                numbers.append(number)
            except UNREADABLE as error:
                if not line.strip(b" \t\r"):
                    blank += 1
                    continue
                at = number - block.first_line
                offset += sum(map(len, block.lines[known:at])) + at - known
                known = at
                self._reconsider(number, offset, line, error)
        self.blank += blank
        self.lines += len(block.lines) - blank
        for kind, (lines, numbers) in good.items():
            if lines:
                self.lane(types[kind]).add(lines, numbers)

    def _reconsider(self, number: int, offset: int, line: bytes, error: Exception) -> None:
        load = self._load
        verdict = load.gate.reconsider(line, error)
        if isinstance(verdict, Refusal):
            load.quarantine.refuse(number, offset, line, verdict)
        else:
            event, extras = verdict
            lane = self.lane(event)
            lane.add_extras(number, extras)
            lane.add([line], [number])

    def lane(self, event: str) -> Lane:
        """The lane of an event, which begins with the first line for it."""
        lane = self.lanes.get(event)
        if lane is None:
            lane = self.lanes[event] = Lane(self._load, event)
        return lane

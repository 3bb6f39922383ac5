"""One event type's spool of raw lines, parsed a segment at a time into the table `segment`: all typed columns, `verdict`, `event_day`.

The spool holds raw lines, so it lives in the restricted area and does not outlive its load. DuckDB parses strictly: where it
refuses a segment, the lines at fault are found and left out, and their neighbours get in.
"""

import itertools
import re
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from pitboss.contract.sql import EventSql, literal, quoted
from pitboss.disk import Disk
from pitboss.landing.gate import Gate, may_hold_controls

SEGMENT_BYTES = 16 << 20
_LARGE = 1 << 20
"""Only a longer line can be what there is no memory for."""
_BAD_DATA = (duckdb.DataError, duckdb.InvalidInputException, duckdb.OutOfMemoryException, UnicodeDecodeError)
"""What a line can make DuckDB raise: it quotes the line in its message, and may cut it inside a character. Nothing else is a line's fault."""

Positions = NDArray[np.int64]
Refuse = Callable[[int, str, str, str], None]
"""Called with a line number, reason, pointer and detail of a line that DuckDB does not take."""


class Segment:
    """Takes good lines with their numbers; `parse` makes a table of them."""

    def __init__(self, disk: Disk, connection: duckdb.DuckDBPyConnection, gate: Gate, event: str, sql: EventSql, spool: Path) -> None:
        self._disk, self._connection, self._gate, self._event, self._sql, self._spool = disk, connection, gate, event, sql, spool
        self._longest = 0
        self._open()

    def _open(self) -> None:
        self._file = self._disk.create(self._spool)
        self._numbers = array("q")
        self._bytes = 0
        self._has_controls = False

    @property
    def is_empty(self) -> bool:
        return not self._numbers

    @property
    def is_full(self) -> bool:
        return self._bytes > SEGMENT_BYTES

    def add(self, lines: list[bytes], numbers: list[int]) -> None:
        """Spool lines of a block with their line numbers."""
        self._longest = max(self._longest, *map(len, lines))
        joined = b"\n".join(lines)
        if b"\r" in joined:  # white space between tokens, but DuckDB would take it for the end of a line
            joined = joined.replace(b"\r", b" ")
        self._has_controls = self._has_controls or may_hold_controls(joined)
        self._file.write(joined)
        self._file.write(b"\n")
        self._bytes += len(joined) + 1
        self._numbers.extend(numbers)

    def parse(self, refuse: Refuse) -> NDArray[np.int64]:
        """Fill the table `segment`; the line numbers of its rows, in order. Lines that do not get in are refused."""
        self._file.close()
        numbers = np.frombuffer(self._numbers, np.int64)
        self._connection.execute(f"set variable has_controls = {self._has_controls}")
        for attempt in itertools.count():
            try:
                self._connection.execute(self._query())
                return numbers
            except _BAD_DATA as error:
                if isinstance(error, duckdb.OutOfMemoryException) and self._longest < _LARGE:
                    raise  # a full disk, to which DuckDB could not move what it has no memory for
                lines = self._spool.read_bytes().split(b"\n")[:-1]
                bad = self._blame(lines, str(error), attempt)
                for at, (reason, pointer) in bad.items():
                    said = str(error).splitlines()[0].rpartition(": ")[2][:200] if reason == "malformed_json" else ""
                    refuse(int(numbers[at]), reason, pointer, said)
                numbers = np.delete(numbers, list(bad))
                self._write([line for at, line in enumerate(lines) if at not in bad])
        raise AssertionError("not reached")

    def lines(self) -> Iterator[bytes]:
        """The spooled lines behind the rows of the table, in the same order."""
        with self._spool.open("rb") as lines:
            yield from lines

    def clear(self) -> None:
        """Begin the next segment."""
        self._open()

    def remove(self) -> None:
        """Remove the spool."""
        self._file.close()
        self._disk.remove(self._spool)

    def _write(self, lines: list[bytes]) -> None:
        self._disk.write(self._spool, b"".join(line + b"\n" for line in lines))

    def _query(self) -> str:
        verdict = "".join(f" when not ({check.condition}) then {at}" for at, check in enumerate(self._sql.checks))
        columns = ", ".join(f"{expression} as {quoted(name)}" for name, expression in self._sql.typed.items())
        return (
            f"create or replace temp table segment as select *, cast(ts as date) as event_day from ("
            f"select {columns}, cast(case{verdict} end as smallint) as verdict "
            f"from read_json({literal(str(self._spool))}, format = 'newline_delimited', columns = {self._sql.json_columns}, "
            f"maximum_object_size = {max(1 << 20, 2 * self._longest)}) as line)"
        )

    # ------------------------------------------------------------ whose fault it is

    def _blame(self, lines: list[bytes], error: str, attempt: int) -> dict[int, tuple[str, str]]:
        """Which lines DuckDB cannot take: near the one it names, else (or when there are many) any of them, else by halves."""
        named = re.search(r" in line (\d+)", error)
        near = range(max(0, int(named[1]) - 3), min(len(lines), int(named[1]) + 2)) if named and attempt < 4 else range(0)
        if "Out of Memory" in error:
            bad = {at: ("line_too_long", "") for at, line in enumerate(lines) if len(line) == self._longest}
            return bad or {max(range(len(lines)), key=lambda at: len(lines[at])): ("line_too_long", "")}
        for places in (near, range(len(lines))):
            bad = {at: found for at in places if (found := self._gate.pairs_refusal(self._event, lines[at]))}
            if len(bad) > 2 and places is near:  # several beside each other: there will be more
                continue
            if bad:
                return bad
            alone = [at for at in places if len(places) < 10 and self._is_refused([lines[at]])]
            if alone:
                return dict.fromkeys(alone, ("malformed_json", ""))
        return {self._bisect(lines): ("malformed_json", "")}

    def _is_refused(self, lines: list[bytes]) -> bool:
        self._write(lines)
        try:
            self._connection.execute(self._query())
        except _BAD_DATA:
            return True
        return False

    def _bisect(self, lines: list[bytes]) -> int:
        """Index of the first line that DuckDB refuses, by halves."""
        low, high = 0, len(lines)
        while high - low > 1:
            middle = (low + high) // 2
            if self._is_refused(lines[low:middle]):
                high = middle
            else:
                low = middle
        return low

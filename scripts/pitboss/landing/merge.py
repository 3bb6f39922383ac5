"""Reading many parts as one: the columns of all of them, and their rows as a stream that needs the memory of one row group."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pitboss.contract.arrow import field_ids
from pitboss.contract.sql import MARKS
from pitboss.errors import LedgerError
from pitboss.home import Home
from pitboss.landing.ledger import Part

_GROUP_ROWS = 122_880
"""Rows that are written together: a unit of DuckDB's own, so that a reader can share a file out between threads."""
_GROUP_BYTES = 48 << 20
_BATCH_ROWS = 16_384


def agreeing(home: Home, parts: Sequence[Part]) -> tuple[pa.Schema, list[Part]]:
    """Columns of the newest file, and the files that have just these. The others stay: which columns a file lacks says what was not known then."""
    columns: dict[str, pa.DataType] = {}
    agreeing: list[Part] = []
    marks: dict[str, pa.DataType] = {}
    for part in reversed(parts):
        own = {column.name: column.type for column in _opened(home, part, lambda file: file.schema_arrow)}
        marks |= {mark: own.pop(mark) for mark in MARKS if mark in own}  # not there only means that it was never true
        columns = columns or own
        if columns == own:
            agreeing.append(part)
    return field_ids(pa.schema(list({**columns, **marks}.items()))), agreeing[::-1]


def row_groups(home: Home, parts: Sequence[Part], schema: pa.Schema) -> Iterator[pa.Table]:
    """Rows of the files, one after the other, in tables of bounded size."""
    waiting: list[pa.Table] = []
    rows = size = 0
    for part in parts:
        for batch in _opened(home, part, lambda file: file.iter_batches(_BATCH_ROWS)):
            own = dict(zip(batch.schema.names, batch.columns, strict=True))
            own.update({mark: pa.nulls(len(batch), pa.bool_()) for mark in MARKS if mark in schema.names and mark not in own})
            waiting.append(pa.table([own[column.name] for column in schema], schema=schema))
            rows, size = rows + len(batch), size + batch.nbytes
            if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
                yield pa.concat_tables(waiting).combine_chunks()
                waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def _opened(home: Home, part: Part, read: Callable[[pq.ParquetFile], Any]) -> Iterator[Any]:
    """What `read` finds in a part, one by one. Column chunks are read as a stream, not whole."""
    try:
        with pq.ParquetFile(home.root / part.path, buffer_size=1 << 20, pre_buffer=False) as file:
            yield from read(file)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(home, part, error) from error


def part_size(home: Home, part: Part) -> int:
    """Bytes of a part."""
    try:
        return (home.root / part.path).stat().st_size
    except OSError as error:
        raise _unreadable(home, part, error) from error


def _unreadable(home: Home, part: Part, error: Exception) -> LedgerError:
    return LedgerError(f"counts and cannot be read ({str(error).splitlines()[0]})", str(home.root / part.path), "Restore it from a backup.")

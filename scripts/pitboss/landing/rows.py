"""Small Parquet files beside the landed rows: of what was refused, masked, repeated or withdrawn."""

from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pitboss.contract.arrow import field_id
from pitboss.disk import Disk

_BATCH_BYTES = 32 << 20


class RowWriter:
    """A Parquet file that is made when the first row comes, written in batches of bounded size. Its columns bear field ids."""

    def __init__(self, disk: Disk, path: Path, schema: pa.Schema, mode: int = 0o600) -> None:
        self._disk, self._path, self._mode = disk, path, mode
        ids = [field.with_metadata({b"PARQUET:field_id": str(field_id(field.name)).encode()}) for field in schema]
        self._schema = pa.schema(ids)
        self._rows: list[tuple[object, ...]] = []
        self._bytes = 0
        self._out: BinaryIO | None = None
        self._file: pq.ParquetWriter | None = None
        self.count = 0

    def add(self, row: tuple[object, ...], size: int = 0) -> None:
        """Take a row; `size` are the bytes of what is long in it."""
        self._rows.append(row)
        self.count += 1
        self._bytes += size + 200
        if self._bytes > _BATCH_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is left. Without a row there is no file."""
        if self._rows:
            self._flush()
        if self._file and self._out:
            self._file.close()
            self._out.close()

    def _flush(self) -> None:
        if not self._file:
            self._out = self._disk.create(self._path, self._mode)
            self._file = pq.ParquetWriter(self._out, self._schema, compression="zstd", store_schema=False)
        columns = [pa.array(column, field.type) for column, field in zip(zip(*self._rows, strict=True), self._schema, strict=True)]
        self._file.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._rows, self._bytes = [], 0

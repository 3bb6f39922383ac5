"""DuckDB, naive: a JSONL file to one wide Parquet file with typed columns, in one COPY. Arguments: file, folder to write to, schema as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

import duckdb

file, out, schema = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text())


def as_read(node: Any) -> str:
    """The type of a field."""
    if isinstance(node, dict):
        return "STRUCT(" + ", ".join(f'"{name}" {as_read(child)}' for name, child in node.items()) + ")"
    return f"{as_read(node[0])}[]" if isinstance(node, list) else str(node)


columns = "{" + ", ".join(f"'{name}': '{as_read(node)}'" for name, node in schema.items()) + "}"
lines = f"read_json('{file}', format = 'newline_delimited', columns = {columns})"
found = duckdb.connect().execute(f"copy (select * from {lines}) to '{out}/events.parquet' (format parquet)").fetchone()
print(found[0] if found else 0)

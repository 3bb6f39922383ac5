"""chdb, the engine of ClickHouse: a JSONL file to one wide Parquet file with typed columns. Arguments: file, folder to write to, schema as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

import chdb

file, out, schema = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text())
PLAIN = {"bigint": "Int64", "double": "Float64", "boolean": "Bool", "timestamp": "DateTime64(3, 'UTC')", "date": "Date32"}


def as_read(node: Any) -> str:
    """The type of a field; objects are tuples, which ClickHouse cannot make null."""
    if isinstance(node, dict):
        return "Tuple(" + ", ".join(f"`{name}` {as_read(child)}" for name, child in node.items()) + ")"
    if isinstance(node, list):
        return f"Array({as_read(node[0])})"
    return f"Nullable({node.title() if node.startswith('decimal') else PLAIN.get(node, 'String')})"


structure = ", ".join(f"`{name}` {as_read(node)}" for name, node in schema.items()).replace("'", "\\'")
settings = "input_format_skip_unknown_fields = 1, date_time_input_format = 'best_effort', input_format_json_read_objects_as_strings = 1"
query = f"insert into function file('{out}/events.parquet', 'Parquet') select * from file('{file}', 'JSONEachRow', '{structure}') settings {settings}"
chdb.query(query + ", output_format_parquet_compression_method = 'snappy', engine_file_truncate_on_insert = 1")
print(str(chdb.query(f"select count() from file('{out}/events.parquet', 'Parquet')", "CSV")).strip())

"""polars: a JSONL file to one wide Parquet file with typed columns, streamed. Arguments: file, folder to write to, schema as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

file, out, schema = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text())
PLAIN = {"bigint": pl.Int64, "double": pl.Float64, "boolean": pl.Boolean}


def as_read(node: Any) -> Any:
    """The type a field is read as: numbers, booleans, objects and lists as such, everything else as text."""
    if isinstance(node, dict):
        return pl.Struct({name: as_read(child) for name, child in node.items()})
    if isinstance(node, list):
        return pl.List(as_read(node[0]))
    return PLAIN.get(node, pl.String)


def typed(at: pl.Expr, node: Any) -> pl.Expr:
    """Text to decimals and times, at any depth."""
    if isinstance(node, dict):
        return at.struct.with_fields([typed(pl.field(name), child).alias(name) for name, child in node.items() if is_cast(child)])
    if isinstance(node, list):
        return at.list.eval(typed(pl.element(), node[0]))
    if node.startswith("decimal"):
        precision, scale = node.removeprefix("decimal(").rstrip(")").split(",")
        return at.cast(pl.Decimal(int(precision), int(scale)))
    return at.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ms") if node == "timestamp" else at.str.to_date()


def is_cast(node: Any) -> bool:
    """Whether anything below a node is text that becomes something else."""
    if isinstance(node, dict):
        return any(map(is_cast, node.values()))
    if isinstance(node, list):
        return is_cast(node[0])
    return bool(node.startswith("decimal") or node in ("timestamp", "date"))


lines = pl.scan_ndjson(file, schema={name: as_read(node) for name, node in schema.items()})
casts = [typed(pl.col(name), node).alias(name) for name, node in schema.items() if is_cast(node)]
lines.with_columns(casts).sink_parquet(out / "events.parquet", compression="snappy")
print(pl.scan_parquet(out / "events.parquet").select(pl.len()).collect().item())

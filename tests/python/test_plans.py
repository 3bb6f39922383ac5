"""No model compares every row with every other: DuckDB falls back to that, silently, where a join's condition is more than keys."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from conftest import Built

# A left join with a condition on its left side alone, or with an `or`, ends here. On three million events one such join took six minutes.
QUADRATIC = {"BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN"}
# Conditions whose other side is one row (a scalar subquery) or the three windows of a game.
SMALL = ("SUBQUERY", "window_days")


def test_every_join_goes_by_keys(built: Built) -> None:
    compiled = sorted(path for path in built.home.root.glob("target/compiled/pitboss/models/**/*.sql") if path.parent.suffix != ".yml")
    assert len(compiled) > 100
    with duckdb.connect(str(built.home.warehouse), read_only=True) as warehouse:
        found = {path.stem: joins for path in compiled if (joins := sorted(_quadratic(warehouse, path)))}
    assert found == {}


def _quadratic(warehouse: duckdb.DuckDBPyConnection, path: Path) -> Iterator[str]:
    [(_, plan)] = warehouse.execute(f"explain (format json) {path.read_text()}").fetchall()
    joins = (node["extra_info"] for node in _nodes(json.loads(plan)) if node["name"].strip() in QUADRATIC)
    conditions = (str(told.get("Conditions") or told.get("Condition")) for told in joins)
    return (condition for condition in conditions if not any(small in condition for small in SMALL))


def _nodes(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in plan:
        yield node
        yield from _nodes(node["children"])

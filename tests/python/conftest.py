"""What the Python tests share: a home of their own, files to land, and what came out of them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pitboss.home import Home
from pitboss.landing.land import Landed, land

Lander = Callable[..., list[Landed]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home")


@pytest.fixture
def land_lines(home: Home, tmp_path: Path) -> Lander:
    """Write lines into a file of the channel `web` and land it."""

    def run(*lines: bytes | str, name: str = "events.jsonl", into: Home = home) -> list[Landed]:
        folder = tmp_path / "inbox" / "web"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_bytes(b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines))
        return list(land(into, [(path, "web")]))

    return run


def rows(home: Home, files: str, select: str = "*") -> Sequence[tuple[Any, ...]]:
    """Rows of Parquet files below a home, by a glob; none where nothing matches."""
    if not list(home.root.glob(files)):
        return []
    found: list[tuple[Any, ...]] = duckdb.sql(f"select {select} from read_parquet('{home.root}/{files}', union_by_name = true)").fetchall()
    return found


def quarantined(home: Home, select: str = "reason, pointer") -> Sequence[tuple[Any, ...]]:
    """The quarantine in the order of files and lines."""
    if not list(home.root.glob("restricted/quarantine/*.parquet")):
        return []
    found: list[tuple[Any, ...]] = duckdb.sql(f"select {select} from '{home.root}/restricted/quarantine/*.parquet' order by file, line").fetchall()
    return found

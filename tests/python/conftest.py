"""What the Python tests share: a home of their own, files to land, and what came out of them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pitboss.build import OF_DATA
from pitboss.home import Home
from pitboss.landing.land import Landed, land

Lander = Callable[..., list[Landed]]

LONGEST_FIRST = ("test_incremental", "test_truth", "test_faults")
"""Files that take minutes. Begun last, they would leave one of two processes idle at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first; the order is otherwise that of the names."""
    items.sort(key=lambda item: item.path.stem not in LONGEST_FIRST)


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


UNTESTED = ("--quiet", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
"""Flags of a build that only makes the tables; dbt's own tests have a run of their own."""


def query(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query on a home's warehouse."""
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        warehouse.execute("set timezone = 'UTC'")
        found: list[tuple[Any, ...]] = warehouse.execute(sql).fetchall()
        return found


@dataclass(frozen=True)
class Built:
    """A home that was built once, for tests that copy it before they change it, and what the build printed."""

    home: Home
    output: str


def build_by_command(home: Home, *arguments: str) -> Built:
    """Make the tables of a home as a user does, with all tests of data: nothing else may be published."""
    command = [str(Path(sys.executable).with_name("pitboss")), "--home", str(home.root), "build", *OF_DATA, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    return Built(home, run.stdout)


HARMFUL = {0: "new_game_!\x9b2J\u202e\u2028", 1: "new_game_" + "0" * 300}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Fourteen bets: two that the seeds know, and twelve with a game each, a jurisdiction and a currency or rate that they do not.

    The names of two games are made to harm a terminal, as far as an id may: without the controls of ASCII.
    """
    folder = tmp_path_factory.mktemp("built")
    lines = [bet_line("known-1", "2025-10-17", "sl_wild_lagoon", "DE", "EUR"), bet_line("known-2", "2025-10-17", "sl_wild_lagoon", "DE", "EUR")]
    lines += [bet_line(f"new-{n:02}", f"2025-10-{10 + n % 2}", HARMFUL.get(n, f"new_game_{n:02}"), "ZZ", "BRL") for n in range(11)]
    lines += [bet_line("new-11", "2025-10-12", "new_game_11", "ZZ", "FUN")]
    path = folder / "web" / "events.jsonl"
    path.parent.mkdir()
    path.write_text("\n".join(lines) + "\n")
    home = Home(folder / "home")
    assert [landed.error for landed in land(home, [(path, "web")])] == [None]
    return build_by_command(home)


@pytest.fixture
def built_home(built: Built, tmp_path: Path) -> Home:
    """A copy of the built home, to be changed at will."""
    return Home(Path(shutil.copytree(built.home.root, tmp_path / "built")))


def bet_line(event_id: str, day: str, game: str, jurisdiction: str, currency: str) -> str:
    event = {"event": "bet_place", "schemaVer": "1.8", "eventId": event_id, "ts": f"{day}T12:00:00.000Z", "playerId": "p1", "sessionId": "s1"}
    stake = {"stake": {"amount": "2.00", "currency": currency}, "gameId": game, "jurisdiction": jurisdiction}
    return json.dumps({**event, **stake, "traceId": "t1", "source": "server", "roundId": f"round-{event_id}"})

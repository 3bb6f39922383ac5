"""Whatever fails and whenever the power goes, nothing is lost, doubled or torn. The faults themselves are in `tests/faults`."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Lander, rows
from pitboss.cli import main
from pitboss.home import PROJECT, Home

SEED = "7"
UNREADABLE = Path("/proc/self/mem")
"""A regular file that may be opened and whose first byte cannot be read: a real input/output error."""


def faults(*arguments: str, program: str = "tests.faults", before: tuple[str, ...] = ()) -> str:
    """Run a part of the faults; its closing line."""
    run = subprocess.run([*before, sys.executable, "-m", program, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]
    return run.stdout.splitlines()[-1]


def test_every_operation_may_fail() -> None:
    found = re.fullmatch(r"(\d+) faults injected, 0 lost, 0 doubled, 0 torn", faults("walk", "--faults", "2000", "--seed", SEED))
    assert found and int(found[1]) >= 2000


def test_loaders_that_are_killed() -> None:
    assert faults("kills", "--faults", "20", "--seed", SEED) == "20 loaders killed, 0 violations"


@pytest.mark.parametrize("count", [2, 8])
def test_loaders_at_once(count: int) -> None:
    assert faults("loaders", "--faults", str(count)) == f"{count} loaders at once, 0 violations"


def test_a_disk_that_fills_up() -> None:
    mount = ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=64k", "none", tempfile.gettempdir()]
    try:
        tried = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    if tried.returncode:
        pytest.skip(f"no small disk can be mounted here: {tried.stderr.strip()}")
    assert faults(program="tests.faults.full_disk", before=("unshare", "--mount")) == "0 wrong"


# ------------------------------------------------------------ files that cannot be read


BET = (
    '{"event":"bet_place","schemaVer":"1.8","eventId":"%s","ts":"2025-10-17T12:00:00Z","playerId":"p1","sessionId":"s1","traceId":"t1","source":"server",'
    '"roundId":"r1","gameId":"g1","stake":{"amount":"%s","currency":"EUR"}}'
)


@pytest.fixture
def unreadable() -> Path:
    try:
        with UNREADABLE.open("rb") as file:
            file.read(1)
    except OSError as error:
        if error.errno == 5:
            return UNREADABLE
    pytest.skip(f"no file whose reading fails: {UNREADABLE}")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("ledger/*.json", "cannot be used (Input/output error)"),
        ("restricted/key", "could not be landed ([Errno 5] Input/output error)"),
        ("ids/bet_place/*.ids", "could not be landed ([Errno 5] Input/output error)"),
        ("landing/bet_place/*/*.parquet", "could not be landed ("),  # DuckDB has words of its own
    ],
)
def test_a_file_of_the_home_that_cannot_be_read(what: str, said: str, unreadable: Path, land_lines: Lander, home: Home, tmp_path: Path) -> None:
    land_lines(BET % ("e1", "2.00"), name="one.jsonl")
    [spoilt] = home.root.glob(what)
    aside = spoilt.rename(tmp_path / "aside")
    spoilt.symlink_to(unreadable)
    two = tmp_path / "two.jsonl"
    two.write_text(BET % ("e1", "2.00") + "\n" + BET % ("e2", "3.00") + "\n")
    before = sorted(home.root.rglob("*"))
    result = CliRunner().invoke(main, ["--home", str(home.root), "land", str(two)])
    assert result.exit_code == 1 and said in result.output, result.output
    assert isinstance(result.exception, SystemExit)
    assert sorted(home.root.rglob("*")) == before
    spoilt.unlink()
    aside.rename(spoilt)
    assert CliRunner().invoke(main, ["--home", str(home.root), "land", str(two)]).exit_code == 0
    assert sorted(rows(home, "landing/bet_place/*/*.parquet", "event_id")) == [("e1",), ("e2",)]


def test_a_source_that_cannot_be_read(unreadable: Path, home: Home, tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").symlink_to(unreadable)
    (tmp_path / "good.jsonl").write_text(BET % ("e1", "2.00") + "\n")
    result = CliRunner().invoke(main, ["--home", str(home.root), "land", str(tmp_path)])
    assert result.exit_code == 1 and "cannot be read (Input/output error); nothing of it was landed" in result.output
    assert rows(home, "landing/bet_place/*/*.parquet", "event_id") == [("e1",)]
    assert not list(home.incoming.iterdir())

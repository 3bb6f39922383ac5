"""What goes wrong is said in one line: what, where, and what to do. The exit code is 1, and there is no traceback."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Lander
from pitboss.cli import main
from pitboss.home import Home
from test_landing import bet


def error_of(home: Home | Path, *arguments: str) -> str:
    """The one line that a command ends with."""
    result = CliRunner().invoke(main, ["--home", str(home.root if isinstance(home, Home) else home), *arguments])
    assert result.exit_code == 1
    [line] = result.output.splitlines()
    assert line.startswith("error: ")
    return line


@contextmanager
def held_elsewhere(warehouse: Path) -> Iterator[int]:
    """Another process that has the warehouse open for writing; its id."""
    code = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code, str(warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        process.stdout.readline()
        yield process.pid
        process.stdin.close()


def test_a_path_that_is_not_there(home: Home, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert error_of(home, "land", str(missing)) == f"error: {missing}: no such file or folder; nothing was landed. Check the path."


def test_publishing_and_rolling_back_before_any_build(home: Home) -> None:
    assert error_of(home, "publish") == f"error: {home.root}: has no build to publish. Run `pitboss build` first."
    assert "has no previous version" in error_of(home, "rollback")


@pytest.mark.parametrize("harm", [b'{"seq": 1', b'{"seq": 1, "kind": "\xff"}', b'{"seq": 1}'])
def test_a_damaged_ledger_entry_is_named(harm: bytes, land_lines: Lander, home: Home, tmp_path: Path) -> None:
    land_lines('{"event":"login"}')
    entry = home.ledger / "0000000001.json"
    entry.write_bytes(harm)
    for command in (["land", str(tmp_path / "inbox")], ["build", "--quiet"]):
        line = error_of(home, *command)
        assert str(entry) in line
        assert "Restore it from a backup." in line


def test_a_warehouse_that_another_process_holds(built_home: Home) -> None:
    with held_elsewhere(built_home.warehouse) as pid:
        for command in ("build", "publish"):
            line = error_of(built_home, command)
            assert f"{built_home.warehouse}: another process has the warehouse open" in line
            assert f"(PID {pid})" in line


def test_a_warehouse_that_is_none(built_home: Home) -> None:
    built_home.warehouse.write_bytes(b"x" * 10_000)
    for command in ("build", "publish"):
        assert f"{built_home.warehouse}: cannot be opened" in error_of(built_home, command)


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for command in (["land", str(tmp_path)], ["build"], ["publish"], ["simulate", "--players", "1", "--days", "1"]):
        line = error_of(file / "home", *command)
        assert str(file) in line
        assert "Check the path, its permissions and the free space." in line


def test_nothing_of_a_home_is_more_open_than_what_is_published(home: Home, tmp_path: Path) -> None:
    """Under an umask that closes nothing; and what was opened since is closed at the next start."""
    (tmp_path / "x.jsonl").write_text(bet())
    before = os.umask(0)
    try:
        assert CliRunner().invoke(main, ["--home", str(home.root), "land", str(tmp_path / "x.jsonl")]).exit_code == 0
    finally:
        os.umask(before)

    def too_open() -> list[Path]:
        return [path for path in home.root.rglob("*") if stat.S_IMODE(path.stat().st_mode) & (0o077 if path.is_relative_to(home.restricted) else 0o027)]

    assert not too_open()
    for path in (home.restricted, home.landing, home.ledger, home.ids, home.root / "lock"):
        path.chmod(0o777)
    home.warehouse.touch(0o666)
    assert CliRunner().invoke(main, ["--home", str(home.root), "quarantine", "list"]).exit_code == 0
    assert not too_open()


def test_a_home_that_has_lost_its_key_lands_nothing(home: Home, tmp_path: Path) -> None:
    """With a new one, an event without an id that comes again would be another."""
    (tmp_path / "x.jsonl").write_text(bet(eventId=None))
    (tmp_path / "y.jsonl").write_text(bet(eventId=None) + "\n")
    CliRunner().invoke(main, ["--home", str(home.root), "land", str(tmp_path / "x.jsonl")])
    (home.restricted / "key").rename(tmp_path / "key")
    assert "the key is gone with which events have landed; nothing was changed" in error_of(home, "land", str(tmp_path / "y.jsonl"))
    (tmp_path / "key").rename(home.restricted / "key")
    run = CliRunner().invoke(main, ["--home", str(home.root), "land", str(tmp_path / "y.jsonl")])
    assert "0 landed + 0 quarantined + 1 duplicates" in run.stdout

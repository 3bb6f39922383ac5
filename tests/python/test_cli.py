"""What goes wrong is said in one line: what, where, and what to do. The exit code is 1, and there is no traceback."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

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


@pytest.fixture
def other_volume(tmp_path: Path) -> Iterator[Path]:
    """An empty folder on another volume than the home's."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second volume: /dev/shm cannot be written to, or is where the tests run")
    with TemporaryDirectory(prefix="pitboss-test-", dir=memory) as folder:
        yield Path(folder)


def everything(home: Home) -> dict[Path, bytes]:
    """Every file and folder of a home, through links."""
    walked = os.walk(home.root, followlinks=True)
    return {path: path.read_bytes() if path.is_file() else b"" for at, folders, files in walked for name in (*folders, *files) if (path := Path(at, name))}


@pytest.mark.parametrize("part", ["restricted", "landing", "ledger", "ids", "refusals", "restricted/vault", "restricted/quarantine", "landing/bet_place"])
@pytest.mark.parametrize("has_landed", [False, True])
def test_a_home_on_two_volumes_is_refused_before_anything_is_written(part: str, has_landed: bool, home: Home, tmp_path: Path, other_volume: Path) -> None:
    """A file cannot be renamed from one to the other, and a load would be stopped in the middle of its commit, or behind it."""
    (tmp_path / "x.jsonl").write_text(bet() + "\nno json\n")
    (tmp_path / "y.jsonl").write_text(bet("e2"))
    moved = home.root / part
    moved.parent.mkdir(parents=True, mode=0o700)
    if has_landed:
        assert CliRunner().invoke(main, ["--home", str(home.root), "land", str(tmp_path / "x.jsonl")]).exit_code == 0
        if moved.exists():
            moved.rename(tmp_path / "away")
            shutil.copytree(tmp_path / "away", other_volume, dirs_exist_ok=True)
    moved.symlink_to(other_volume)
    before = everything(home)
    for command in (["land", str(tmp_path / "y.jsonl")], ["build"], ["publish"], ["rollback"], ["compact"], ["quarantine", "replay"]):
        line = error_of(home, *command)
        assert "lies on another volume than" in line
        assert "nothing was changed. Keep landing, refusals, ledger, ids and restricted of a home on one volume" in line
    assert everything(home) == before


def test_a_volume_that_is_mounted_twice_is_two(home: Home, tmp_path: Path) -> None:
    """The device is the same, and a rename is refused all the same: such are two folders that a container has from one disk."""
    inside = ["unshare", "--user", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs a mount of its own: unshare is not there, or not allowed")
    (tmp_path / "x.jsonl").write_text(bet())
    (tmp_path / "other").mkdir()
    home.restricted.mkdir(parents=True)
    land = 'mount --bind "$0/other" "$0/home/restricted" && exec "$1" -m pitboss.cli --home "$0/home" land "$0/x.jsonl"'
    done = subprocess.run([*inside, "sh", "-c", land, str(tmp_path), sys.executable], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {home.landing}: lies on another volume than {home.incoming}")
    assert list(home.root.iterdir()) == [home.restricted] and not any(home.restricted.iterdir()) and not any((tmp_path / "other").iterdir())


def test_a_home_may_lie_as_a_whole_on_another_volume(home: Home, tmp_path: Path, other_volume: Path) -> None:
    (tmp_path / "x.jsonl").write_text(bet())
    home.root.symlink_to(other_volume)
    assert CliRunner().invoke(main, ["--home", str(home.root), "land", str(tmp_path / "x.jsonl")]).exit_code == 0
    assert list(other_volume.glob("landing/bet_place/*/*.parquet"))

"""A disk that fills up: a small tmpfs in a mount namespace of its own. `python -m tests.faults.full_disk` has to be started in one."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pitboss.build import finish_landing
from pitboss.home import Home

from tests.faults import oracle
from tests.faults.processes import COMMAND, files
from tests.faults.scenarios import built


def why_not() -> str:
    """Why a small disk cannot be mounted here; empty where it can."""
    try:
        run = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=64k", "none", tempfile.gettempdir()], capture_output=True, text=True)
    except FileNotFoundError as error:
        return str(error)
    return run.stderr.strip()


@contextmanager
def disk(kilobytes: int) -> Iterator[Path]:
    """A folder with room for so much."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", place], check=True)
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


def enlarge(place: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=256m", str(place)], check=True)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        wrong = [*_landing(work), *_publishing(work)]
    for each in wrong:
        print(each)
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


def _pitboss(home: Home, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([COMMAND, "--home", str(home.root), *arguments], capture_output=True, text=True, check=False)


def _complaints(run: "subprocess.CompletedProcess[str]") -> list[str]:
    """What is wrong with how a command failed: it says in a line what is full, and shows no traceback."""
    lines = run.stderr.strip().splitlines()
    if run.returncode == 1 and "Traceback" not in run.stderr and any(line.startswith("error: ") and ("full" in line or "space" in line) for line in lines):
        return []
    return [f"ended with {run.returncode}: {run.stderr[-1500:]}"]


def _landing(work: Path) -> Iterator[str]:
    """Land until the disk is full, make room, land again: as if there had been room."""
    paths = files(work / "inbox")
    roomy = Home(work / "roomy")
    _pitboss(roomy, "land", *paths, "--channel", "web")
    expected = oracle.content(roomy)
    for kilobytes in (900, 1500):
        with disk(kilobytes) as place:
            home = Home(place / "home")
            yield from _complaints(_pitboss(home, "land", *paths, "--channel", "web"))
            print(f"{kilobytes} kB: {len(list(home.ledger.glob('*.json')))} of {len(paths)} files landed", file=sys.stderr)
            yield from _complaints(_pitboss(home, "land", *paths, "--channel", "web"))
            enlarge(place)
            finish_landing(home)
            yield from map(str, oracle.check(home))
            again = _pitboss(home, "land", *paths, "--channel", "web")
            if again.returncode:
                yield again.stderr
            yield from map(str, oracle.check(home) + oracle.compare(oracle.content(home), expected))


def _publishing(work: Path) -> Iterator[str]:
    """Publish without room for it: nothing is published, and what was published stays; DuckDB writes these files by itself."""
    source = Home(work / "built")
    built(source)
    warehouse = source.warehouse.stat().st_size // 1024
    for more in (100, 700):
        with disk(256 << 10) as place:
            home = Home(place / "home")
            shutil.copytree(source.root, home.root, ignore=shutil.ignore_patterns("landing", "ids", "dbt.log", "partial_parse.msgpack"))
            _pitboss(home, "publish")
            before = {path.name: path.read_bytes() for path in home.published.iterdir()}
            used = shutil.disk_usage(place).used // 1024
            subprocess.run(["mount", "-o", f"remount,size={used + more}k", str(place)], check=True)
            yield from _complaints(_pitboss(home, "publish"))
            if any((home.published / name).read_bytes() != data for name, data in before.items()):
                yield "what was published has changed"
            enlarge(place)
            published = _pitboss(home, "publish")
            if published.returncode:
                yield published.stderr
            left_over = {path.name for path in home.published.iterdir()} - {
                *before,
                *(f"{stem}.previous.duckdb{log}" for stem in ("pitboss", "pitboss_risk") for log in ("", ".wal")),
            }
            if left_over:
                yield f"{left_over} left over"
            print(f"publish with {more} kB beside a warehouse of {warehouse} kB", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

"""Real processes on a real disk: `pitboss land` killed at random moments, and several of them at once on the same home."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pitboss.build import finish_landing
from pitboss.home import Home
from pitboss.landing.ledger import Ledger

from tests.faults import corpus, oracle
from tests.faults.oracle import Wrong

COMMAND = str(Path(sys.executable).with_name("pitboss"))
_FILES = 16


def files(folder: Path) -> list[str]:
    """Two dozen files with some hundred lines each: ids of their own, repetitions of the file before, conflicts with it, bad lines."""
    folder.mkdir(parents=True)
    paths = []
    for number in range(_FILES):
        mine = [corpus.bet(f"{number}-{n}", day=f"2025-10-{11 + n % 7}") for n in range(200)]
        before = [corpus.bet(f"{number - 1}-{n}", day=f"2025-10-{11 + n % 7}") for n in range(20)] if number else []
        other = [corpus.bet(f"{number - 1}-{n}", "3.00", day=f"2025-10-{11 + n % 7}") for n in range(100, 103)] if number else []
        path = folder / f"{number:02}.jsonl"
        path.write_text("\n".join([*mine, *before, *other, corpus.login(f"l{number}"), "nonsense", corpus.bet(f"bad{number}", "1.23456")]) + "\n")
        paths.append(str(path))
    return paths


def kills(work: Path, count: int, seed: int) -> Iterator[tuple[int, list[Wrong]]]:
    """Kill a loader so many times, on one home after the other, each until it is done; the files landed by then, and what is wrong."""
    chance = random.Random(seed)
    paths = files(work / "inbox")
    undisturbed = Home(work / "undisturbed")
    land(undisturbed, paths).wait()
    expected = oracle.content(undisturbed)
    home, number, progress = Home(work / "home-0"), 0, 0
    for _ in range(count):
        process = land(home, paths)
        killed = _kill(process, home, progress, chance)
        wrong: list[Wrong] = []
        if chance.random() < 0.5:  # else the next loader clears up by itself
            finish_landing(home)
            wrong += oracle.check(home)
        progress = len(Ledger(home).entries)
        if not killed or progress == len(paths):
            land(home, paths).wait()
            wrong += oracle.check(home) + oracle.compare(oracle.content(home), expected)
            number, progress = number + 1, 0
            home = Home(work / f"home-{number}")
        yield progress, wrong
    land(home, paths).wait()
    yield len(Ledger(home).entries), oracle.check(home) + oracle.compare(oracle.content(home), expected)


def _kill(process: "subprocess.Popen[str]", home: Home, progress: int, chance: random.Random) -> bool:
    """Kill a loader at a moment of a file's landing, some files on; False where it had ended before."""
    files, deadline = progress + chance.randint(0, 5), time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if home.incoming.is_dir() and any(home.incoming.iterdir()) and len(list(home.ledger.iterdir())) >= files:
            break
        time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.15))
    was_running = process.poll() is None
    process.kill()
    process.wait()
    return was_running


def land(home: Home, paths: list[str]) -> "subprocess.Popen[str]":
    """The real command, on its way."""
    command = [COMMAND, "--home", str(home.root), "land", *paths, "--channel", "web"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def loaders(work: Path, count: int) -> list[Wrong]:
    """So many loaders at once: one works, the others say so. When those have tried again, the result is that of one."""
    paths = files(work / "inbox")
    alone, home = Home(work / "alone"), Home(work / "home")
    land(alone, paths).wait()
    wrong, landed = [], 0
    for process in [land(home, paths) for _ in range(count)]:
        said = process.communicate()[1]
        landed += process.returncode == 0
        if process.returncode and not (process.returncode == 1 and "another pitboss process" in said and "nothing was changed" in said):
            wrong.append(Wrong("torn", f"a loader ended with {process.returncode}: {said[-300:]}"))
    again = land(home, paths)
    again.wait()
    if not landed or again.returncode:
        wrong.append(Wrong("lost", f"{landed} of {count} loaders landed; the last ended with {again.returncode}"))
    return wrong + oracle.check(home) + oracle.compare(oracle.content(home), oracle.content(alone))

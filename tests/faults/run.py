"""One scenario's faults: crashes are pictures taken while it runs once, errors are runs of their own. What follows is the same for both."""

import hashlib
import os
import random
import shutil
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
from pitboss.errors import PitbossError
from pitboss.home import Home

from tests.faults.disk import CRASHES, ERRORS, Fault, FaultyDisk, HastyDisk, Killed
from tests.faults.oracle import Wrong
from tests.faults.power import Doubts
from tests.faults.scenarios import Said, Scenario

_SURVIVED = (PitbossError, OSError, duckdb.Error, pa.ArrowException)
"""What a process may say when its disk fails."""
_NONE: Doubts = (frozenset(), frozenset())
_AT_ONCE = 0.1
"""Share of the faults after which the work is taken up again without anything else before it."""
_AGAIN = 0.4
"""Share of the faults after which the next start meets one too."""


@dataclass(frozen=True)
class Verdict:
    """What came of one fault, or of two. `hits` are the operations that failed."""

    scenario: str
    faults: tuple[Fault, ...]
    hits: tuple[str, ...]
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True)
class _Shot:
    """A home as a crash has left it, what had been reported by then, and what is not on disk for sure."""

    fault: Fault
    hit: str
    home: Path
    said: tuple[str, ...]
    doubts: Doubts


@dataclass
class Runner:
    """Runs a scenario below its folder, which holds `before`. A state that was judged once is not judged again."""

    scenario: Scenario
    folder: Path
    _judged: dict[tuple[str, bytes], list[Wrong]] = field(default_factory=dict)

    def undisturbed(self) -> int:
        """Let it run once without a fault into `after`; the number of its operations."""
        copy(self.folder / "before", self.folder / "after")
        disk, said = FaultyDisk(self.folder / "after"), list[str]()
        self.scenario.act(Home(self.folder / "after", disk), said)
        disk.memory.close()
        after = Home(self.folder / "after")
        wrong = self.scenario.kept(after, said) + self.scenario.finished(after, after)
        if wrong or not said:
            raise RuntimeError(f"{self.scenario.name}: wrong without any fault: {wrong}")
        return disk.count

    def crashes(self, faults: Sequence[Fault]) -> list[Verdict]:
        """Run once, and see what would be left had it crashed at each of the operations."""
        here = self._place("film")
        copy(self.folder / "before", here)
        said: Said = []
        shots: list[_Shot] = []
        waiting: dict[int, list[Fault]] = {}
        for fault in faults:
            waiting.setdefault(fault.at, []).append(fault)

        def watch(count: int, hit: str, path: Path, data: bytes) -> None:
            for fault in waiting.pop(count, ()):
                home = self._place(f"shot-{len(shots)}")
                for _ in range(20):
                    if _taken(disk, home, fault):
                        break
                    shutil.rmtree(home, ignore_errors=True)
                torn = home / path.relative_to(here) if path.is_relative_to(here) else home
                if fault.kind.startswith("short") and data and torn.is_file():
                    with torn.open("ab") as file:
                        file.write(data[: len(data) // 2])
                shots.append(_Shot(fault, hit, home, tuple(said), _NONE if "power" in fault.kind else disk.memory.doubts()))

        disk = FaultyDisk(here, watch=watch)
        self.scenario.act(Home(here, disk), said)
        for at in list(waiting):
            watch(at, "the end", here, b"")
        disk.die()
        disk.memory.close()
        shutil.rmtree(here)
        return [self._verdict(shot.home, shot.fault, [shot.hit], list(shot.said), [], shot.doubts) for shot in shots]

    def error(self, fault: Fault) -> Verdict:
        """Run into an error, and live on."""
        here = self._place("run")
        copy(self.folder / "before", here)
        disk, said, wrong = FaultyDisk(here, fault), list[str](), list[Wrong]()
        try:
            self.scenario.act(Home(here, disk), said)
        except _SURVIVED:
            pass
        except Exception as error:
            wrong.append(Wrong("torn", f"{type(error).__name__} instead of an error that can be read: {error}"))
        disk.die()
        doubts = disk.memory.doubts()
        disk.memory.close()
        return self._verdict(here, fault, [disk.hit] if disk.hit else [], said, wrong, doubts)

    # ------------------------------------------------------------ what follows

    def _verdict(self, here: Path, fault: Fault, hits: list[str], said: Said, wrong: list[Wrong], doubts: Doubts) -> Verdict:
        """Start again, once in a while into a further fault, and judge."""
        scenario, home, faults = self.scenario, Home(here), [fault]
        chance = random.Random(fault.seed)
        try:
            wrong += self._judge("at once", home, lambda: scenario.at_once(home))
            if chance.random() < _AGAIN:
                again = Fault(chance.randint(1, 40), chance.choice((*CRASHES, "power", *ERRORS, "power")), chance.getrandbits(32))
                hit = self._again(home, again, doubts)
                if hit:
                    faults.append(again)
                    hits.append(hit)
                wrong += self._judge("at once", home, lambda: scenario.at_once(home))
            if chance.random() < _AT_ONCE:  # the next start is that of the work itself
                wrong += self._judge("again", home, lambda: self._repeat(home))
            else:
                scenario.clear_up(Home(here, HastyDisk()))
                wrong += scenario.kept(home, said)
                wrong += self._judge("finished", home, lambda: scenario.cleared(home) + self._repeat(home))
        except Exception as error:
            wrong.append(Wrong("torn", f"after the next start: {type(error).__name__}: {str(error)[:500]}"))
        shutil.rmtree(here)
        return Verdict(scenario.name, tuple(faults), tuple(hits), tuple(wrong))

    def _again(self, home: Home, fault: Fault, doubts: Doubts) -> str:
        """The next start fails too, or the power goes after it; the operation at which it did."""
        disk = FaultyDisk(home.root, fault, doubts=doubts)
        try:
            self.scenario.clear_up(Home(home.root, disk))
        except (Killed, *_SURVIVED):
            pass
        disk.die()
        if "power" in fault.kind:
            left = self._place("left")
            disk.memory.picture(left, True, fault.seed)
            shutil.rmtree(home.root)
            left.rename(home.root)
        disk.memory.close()
        return disk.hit or ("the end" if "power" in fault.kind else "")

    def _repeat(self, home: Home) -> list[Wrong]:
        self.scenario.act(Home(home.root, HastyDisk()), [])
        return self.scenario.finished(home, Home(self.folder / "after"))

    def _judge(self, what: str, home: Home, judge: Callable[[], list[Wrong]]) -> list[Wrong]:
        """The judgement of a state, which depends on nothing but its files."""
        key = (what, _digest(home.root))
        if key not in self._judged:
            self._judged[key] = judge()
        return self._judged[key]

    def _place(self, name: str) -> Path:
        return self.folder / f"{name}-{os.getpid()}"


def copy(home: Path, to: Path) -> None:
    """Copy a home by further names of its files: nothing changes a file that is in its place, but the lock, which is a matter of one home."""
    shutil.copytree(home, to, copy_function=os.link, ignore=shutil.ignore_patterns("lock"))


def _taken(disk: FaultyDisk, to: Path, fault: Fault) -> bool:
    """Take a picture; not where another process has just moved a file out of it."""
    try:
        disk.memory.picture(to, "power" in fault.kind, fault.seed)
    except FileNotFoundError:
        return False
    return True


def _digest(root: Path) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        if path.name != "lock":
            digest.update(f"{path.relative_to(root)} {stat.S_IMODE(status.st_mode)} {status.st_size} ".encode())
            if stat.S_ISREG(status.st_mode):
                digest.update(path.read_bytes())
    return digest.digest()

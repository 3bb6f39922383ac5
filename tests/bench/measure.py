"""Processes and what the kernel says they cost; runs in turn; tables.

CPU and memory are the kernel's accounting of the child (wait4), so other work on the machine disturbs them little. A child
begins with the peak memory of the process it was spawned from, so everything large is made aside, in processes of its own.
"""

import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import IO, NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Cost(NamedTuple):
    """CPU seconds (user and system), wall seconds, peak memory in MB."""

    cpu: float
    wall: float
    peak: float


class Failed(Exception):
    """A process ended with an error; the message is its last line."""


@dataclass
class Running:
    """A process that was started."""

    pid: int
    began: float
    out: IO[bytes]
    err: IO[bytes]

    def finish(self) -> tuple[Cost, str]:
        """Wait for it; its cost and what it printed."""
        try:
            _, status, usage = os.wait4(self.pid, 0)
        except BaseException:  # interrupted: it must not go on writing to a folder that is being removed
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            raise
        wall = time.monotonic() - self.began
        said, complained = (_text(file) for file in (self.out, self.err))
        if status:
            raise Failed((complained.strip() or said.strip() or f"ended with {os.waitstatus_to_exitcode(status)}").splitlines()[-1][:300])
        return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1000), said


def start(command: list[str]) -> Running:
    """Start a process."""
    out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - `finish` closes them
    actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, err.fileno(), 2)]
    return Running(os.posix_spawn(command[0], command, os.environ, file_actions=actions), time.monotonic(), out, err)


def run(command: list[str]) -> tuple[Cost, str]:
    """Run a process to its end; its cost and what it printed."""
    return start(command).finish()


def land(home: Path, *files: Path, options: Iterable[str] = ()) -> list[str]:
    """The command that lands files."""
    return [sys.executable, "-m", "pitboss.cli", "--home", str(home), "land", *map(str, files), "--channel", "bench", "--json", *options]


def aside(function: Callable[P, T], *arguments: P.args, **names: P.kwargs) -> T:
    """Call a function in a process of its own, whose memory goes with it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments, **names).result()


def in_turn(rounds: int, contenders: Mapping[str, Callable[[], Cost]]) -> dict[str, list[Cost]]:
    """Run every contender once a round, in turn. One that fails is left out from then on, and that is said."""
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for number in range(1, rounds + 1):
        for name in [name for name in contenders if name in costs]:
            try:
                cost = contenders[name]()
            except Failed as error:
                del costs[name]
                say(f"{name} failed and is left out: {error}")
                continue
            costs[name].append(cost)
            progress(f"round {number} of {rounds}: {name}: {cost.cpu:.1f} CPU s, {cost.wall:.1f} wall s, {cost.peak:.0f} MB")
    return costs


def median(costs: Iterable[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def ratio(ours: Iterable[Cost], theirs: Iterable[Cost], figure: str = "cpu") -> float:
    """The median of the ratios round by round."""
    return statistics.median(float(getattr(a, figure) / getattr(b, figure)) for a, b in zip(ours, theirs, strict=True))


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a Markdown table, numbers to the right."""
    lines = [list(header), *map(list, rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    rule = ["-" * width if not at else "-" * (width - 1) + ":" for at, width in enumerate(widths)]
    for line in [lines[0], rule, *lines[1:]]:
        cells = [cell.ljust(width) if not at else cell.rjust(width) for at, (cell, width) in enumerate(zip(line, widths, strict=True))]
        say("| " + " | ".join(cells) + " |")


def goal(what: str, value: float, bound: float, is_ceiling: bool = True) -> None:
    """Print a figure beside its goal."""
    is_met = value <= bound if is_ceiling else value >= bound
    say(f"{'met   ' if is_met else 'MISSED'} {what}: {value:.2f} (goal: {'at most' if is_ceiling else 'at least'} {bound:g})")


def title(text: str) -> None:
    """Print the name of a part."""
    say(f"\n## {text}")


def say(text: str) -> None:
    """Print a result."""
    print(text, flush=True)


def progress(text: str) -> None:
    """Print what is going on."""
    print(f"  {text}", file=sys.stderr, flush=True)


def _text(file: IO[bytes]) -> str:
    with file:
        file.seek(0)
        return file.read().decode("utf-8", "replace")

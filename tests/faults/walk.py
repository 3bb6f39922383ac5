"""The walk: every operation of every scenario fails in every way, and after the next start everything must be as if it had not."""

import itertools
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from pitboss.home import Home

from tests.faults.disk import CRASHES, ERRORS, Fault
from tests.faults.run import Runner, Verdict
from tests.faults.scenarios import built, scenarios

_BATCH = 4000
_FILM = 120
"""Crashes looked at in one run of a scenario."""


def walk(work: Path, faults: int, seed: int, jobs: int = 2, only: str = "") -> Iterator[Verdict]:
    """Inject so many faults or a few more; a verdict for each run."""
    _begin(work, only)
    if any(runner.scenario.is_published for runner in _runners.values()):
        built(Home(work / "built"))
    totals = {}
    for name, runner in _runners.items():
        runner.folder.mkdir()
        runner.scenario.prepare(Home(runner.folder / "before"))
        totals[name] = runner.undisturbed()
    print("; ".join(f"{name}: {total} operations" for name, total in totals.items()), file=sys.stderr)
    plan = _plan(totals, random.Random(seed))
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (work, only)) as pool:
        while faults > 0:
            tasks = [pool.submit(_run, *task) for task in _tasks(list(itertools.islice(plan, min(faults, _BATCH))))]
            for task in as_completed(tasks):
                for verdict in task.result():
                    faults -= len(verdict.hits)
                    yield verdict


def summary(verdicts: list[Verdict]) -> tuple[str, bool]:
    """The closing line, and whether nothing is wrong."""
    kinds = Counter(wrong.kind for verdict in verdicts for wrong in verdict.wrong)
    hits = sum(len(verdict.hits) for verdict in verdicts)
    return f"{hits} faults injected, {kinds['lost']} lost, {kinds['doubled']} doubled, {kinds['torn']} torn", not kinds


def _plan(totals: dict[str, int], chance: random.Random) -> Iterator[tuple[str, Fault]]:
    """Every operation with a power cut, then half of them with an error, half with another crash, and so on in turns."""
    places = [(name, at) for name, total in totals.items() for at in range(1, total + 2)]
    for turn in itertools.count():
        chance.shuffle(places)
        for number, (name, at) in enumerate(places):
            # errors cost ten times as much, because each is a run of its own
            is_error = turn and number % 2 and at <= totals[name] and not _runners[name].scenario.is_slow
            kind = ERRORS[(number // 2 + turn) % len(ERRORS)] if is_error else CRASHES[turn % len(CRASHES)]
            yield name, Fault(at, kind, chance.getrandbits(32))


def _tasks(planned: list[tuple[str, Fault]]) -> Iterator[tuple[str, list[Fault]]]:
    crashes: dict[str, list[Fault]] = defaultdict(list)
    for name, fault in planned:
        if fault.kind in CRASHES:
            crashes[name].append(fault)
    for name, faults in crashes.items():
        for start in range(0, len(faults), _FILM):
            yield name, faults[start : start + _FILM]
    for name, fault in planned:
        if fault.kind in ERRORS:
            yield name, [fault]


# ------------------------------------------------------------ in a process of its own

_runners: dict[str, Runner] = {}


def _begin(work: Path, only: str) -> None:
    _runners.clear()
    for scenario in scenarios(Home(work / "built")):
        if only in scenario.name:
            _runners[scenario.name] = Runner(scenario, work / scenario.name.replace(" ", "_"))


def _run(name: str, faults: list[Fault]) -> list[Verdict]:
    if faults[0].kind in ERRORS:
        return [_runners[name].error(fault) for fault in faults]
    return _runners[name].crashes(faults)

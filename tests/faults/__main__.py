"""Faults of the disk and of processes: `python -m tests.faults [walk|kills|loaders]`.

Prints its seed, each violation, and a closing line; exit code 1 where there was one.
"""

import argparse
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.processes import kills, loaders
from tests.faults.walk import summary, walk

_MEMORY = "/dev/shm"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("part", nargs="?", choices=("walk", "kills", "loaders"), default="walk")
    parser.add_argument("--faults", type=int, default=2000, help="faults to inject, or loaders to kill or to start")
    parser.add_argument("--seed", type=int, default=None, help="the same seed injects the same faults")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    options = parser.parse_args()
    seed = secrets.randbelow(1 << 31) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    is_real = options.part != "walk"
    # in memory where there is such a place: homes come and go, and the walk waits for no device anyway
    with tempfile.TemporaryDirectory(prefix="pitboss-faults-", dir=_MEMORY if not is_real and os.access(_MEMORY, os.W_OK) else None) as work:
        if options.part == "kills":
            return _kills(Path(work), options.faults, seed)
        if options.part == "loaders":
            return _loaders(Path(work), options.faults)
        return _walk(Path(work), options.faults, seed, options.jobs, options.only)


def _walk(work: Path, faults: int, seed: int, jobs: int, only: str) -> int:
    started, verdicts = time.monotonic(), []
    for verdict in walk(work, faults, seed, jobs, only):
        verdicts.append(verdict)
        for wrong in verdict.wrong:
            print(f"{verdict.scenario}: {', then '.join(map(str, verdict.faults))}: {'; '.join(verdict.hits)}: {wrong.kind}: {wrong.what}")
        if len(verdicts) % 100 == 0:
            print(f"{len(verdicts)} runs, {time.monotonic() - started:.0f} s", file=sys.stderr)
    line, is_well = summary(verdicts)
    print(line)
    return 0 if is_well else 1


def _kills(work: Path, count: int, seed: int) -> int:
    landed, violations = [], 0
    for files, wrong in kills(work, count, seed):
        landed.append(files)
        violations += len(wrong)
        for each in wrong:
            print(each)
    print(f"files landed when killed: {', '.join(map(str, landed))}", file=sys.stderr)
    print(f"{count} loaders killed, {violations} violations")
    return 1 if violations else 0


def _loaders(work: Path, count: int) -> int:
    wrong = loaders(work, count)
    for each in wrong:
        print(each)
    print(f"{count} loaders at once, {len(wrong)} violations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

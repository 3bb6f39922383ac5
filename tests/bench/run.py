"""What landing and building cost, beside peers and under hardship; docs/benchmarks.md says what each figure means.

    make bench                                                      everything, 1 GB, three rounds: about an hour
    python tests/bench/run.py --megabytes 100 --pairs 1 --only peers,invalid

Everything is made in a folder that is removed at the end (at most 8 GB at 1 GB); the peers' environment stays, below .venv.
Results go to stdout as Markdown, progress to stderr. Exit code 1 where a part failed; a goal that is missed is no failure.
"""

import argparse
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import events
import hardship
import marts
import peers
import scale
from measure import Failed, aside, progress, say

PARTS = ("peers", "processes", "duplicates", "invalid", "history", "memory", "marts")
DUPLICATES = 1_000_000


def main() -> int:
    """Make the file, run the parts, print their tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000, help="size of the file of mixed events")
    parser.add_argument("--pairs", type=int, default=3, help="rounds in which the contenders run in turn")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run, with commas: " + ", ".join(PARTS))
    parser.add_argument("--days", type=int, default=400, help="length of the history")
    parser.add_argument("--millions", default="1,3,10", help="sizes of the casinos that are built, in millions of events, with commas")
    parser.add_argument("--folder", type=Path, help="where to work, instead of the system's folder for temporary files")
    arguments = parser.parse_args()
    wanted = arguments.only.split(",")
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    say(f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}, duckdb {version('duckdb')}, pyarrow {version('pyarrow')}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the folder is removed then, too
    failures = 0
    with tempfile.TemporaryDirectory(prefix="pitboss-bench-", dir=arguments.folder) as folder:
        work = Path(folder)
        file = work / "events.jsonl"
        lines = 0
        if set(wanted) - {"history", "marts"}:
            progress(f"making {arguments.megabytes:,} MB of events")
            lines = aside(events.make_file, file, arguments.megabytes)
        parts: dict[str, Callable[[], None]] = {
            "peers": lambda: peers.compare(work, file, lines, arguments.pairs),
            "processes": lambda: scale.processes(work, file, arguments.pairs),
            "duplicates": lambda: hardship.duplicates(work, file, min(lines, DUPLICATES), arguments.pairs),
            "invalid": lambda: hardship.invalid(work, file, arguments.megabytes / 10, arguments.pairs),
            "history": lambda: hardship.history(work, arguments.days, arguments.pairs + 2),
            "memory": lambda: scale.memory(work, file, arguments.megabytes),
            "marts": lambda: marts.marts(work, [float(size) for size in arguments.millions.split(",")], arguments.pairs),
        }
        for name, part in parts.items():
            if name in wanted:
                try:
                    part()
                except Failed as error:
                    say(f"FAILED {name}: {error}")
                    failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

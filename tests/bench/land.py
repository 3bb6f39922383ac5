"""Cost of landing a large file, beside DuckDB's own COPY of the same file: CPU seconds, wall seconds, peak memory.

The naive COPY parses the file with typed columns into one wide Parquet file: no contract, no privacy, no quarantine, no
de-duplication, no commit. Both run in turn as processes of their own; CPU and memory are the kernel's accounting of each.

    make bench                          1 GB, three pairs
    python tests/bench/land.py --megabytes 200 --pairs 1
"""

import argparse
import itertools
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from pitboss.contract.model import Column
from pitboss.contract.read import read_contracts
from pitboss.contract.sql import literal, quoted
from pitboss.contract.structs import Tree, struct_fields, tree
from pitboss.simulate import simulate


def main() -> None:
    """Make the file, run the pairs, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pitboss-bench-") as folder:
        work = Path(folder)
        file, events = make_file(work, arguments.megabytes)
        print(f"{file.stat().st_size / 1e6:,.0f} MB, {events:,} lines")
        runs: dict[str, list[tuple[float, float, float]]] = {"pitboss land": [], "naive COPY": []}
        for _ in range(arguments.pairs):
            home = work / "home"
            runs["pitboss land"].append(measure([sys.executable, "-m", "pitboss.cli", "--home", str(home), "land", str(file), "--channel", "bench"]))
            shutil.rmtree(home)
            runs["naive COPY"].append(measure([sys.executable, "-c", naive_copy(file, work / "naive.parquet")]))
        print(f"{'median of ' + str(arguments.pairs):<14}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'events/CPU s':>14}")
        for name, found in runs.items():
            cpu, wall, peak = (statistics.median(column) for column in zip(*found, strict=True))
            print(f"{name:<14}{cpu:>8.1f}{wall:>8.1f}{peak:>9.0f}{events / cpu:>14,.0f}")
        ratios = [ours[0] / theirs[0] for ours, theirs in zip(runs["pitboss land"], runs["naive COPY"], strict=True)]
        print(f"CPU ratio pair by pair: {', '.join(f'{ratio:.2f}' for ratio in ratios)} (goal: at most 1.0)")


def make_file(work: Path, megabytes: int) -> tuple[Path, int]:
    """One JSONL file of about so many MB: a week of the simulator's casinos, all channels one after the other, dirt left out."""
    file, lines, room = work / "events.jsonl", 0, megabytes * 1_000_000
    with file.open("wb") as out:
        for seed in itertools.count(1):
            folder = work / f"simulated{seed}"
            simulate(folder, players=6000, days=7, seed=seed, dirt=0.0)
            for path in sorted(folder.glob("*/*.jsonl")):
                data = path.read_bytes()
                if len(data) > room:
                    out.write(data[: data.rfind(b"\n", 0, room) + 1])
                    return file, lines + data.count(b"\n", 0, room)
                out.write(data)
                lines, room = lines + data.count(b"\n"), room - len(data)
            shutil.rmtree(folder)
    raise AssertionError("not reached")


def measure(command: list[str]) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak MB of a process."""
    start = time.monotonic()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"error: {' '.join(command)[:200]} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1000


def naive_copy(file: Path, to: Path) -> str:
    """A Python program with one COPY in it: every field of every contract as one wide row."""
    contracts = read_contracts()
    wide: Tree = {}
    for event in contracts.events:
        merge(wide, tree(contracts.columns(event)))
    columns = "{'event': 'VARCHAR', " + ", ".join(f"{literal(key)}: {literal(sql_type(node))}" for key, node in wide.items()) + "}"
    query = f"copy (select * from read_json({literal(str(file))}, format = 'newline_delimited', columns = {columns})) to {literal(str(to))} (format parquet)"
    return f"import duckdb; duckdb.connect().execute({query!r})"


def merge(into: Tree, other: Tree) -> None:
    """Add the fields of one event to the wide row; a name that is an object here and a value there becomes JSON."""
    for key, node in other.items():
        mine = into.get(key)
        if isinstance(mine, dict) and isinstance(node, dict):
            merge(mine, node)
        elif mine is None:
            into[key] = dict(node) if isinstance(node, dict) else node
        elif isinstance(mine, dict) or isinstance(node, dict):
            into[key] = Column(key, "json", (key,))


def sql_type(node: "Column | Tree") -> str:
    """DuckDB type of a node."""
    if isinstance(node, dict):
        return "STRUCT(" + ", ".join(f"{quoted(key)} {sql_type(child)}" for key, child in node.items()) + ")"
    fields = struct_fields(node.data_type)
    return f"STRUCT({', '.join(f'{quoted(n)} {t}' for n, t in fields.items())})[]" if fields else node.data_type


if __name__ == "__main__":
    main()

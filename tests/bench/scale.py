"""How landing grows: with processes on cores, with the size of a file."""

import json
import subprocess
from pathlib import Path
from shutil import rmtree

import events
from measure import Cost, Failed, aside, goal, in_turn, land, median, progress, run, say, start, table, title


def processes(work: Path, file: Path, rounds: int) -> None:
    """One process on the whole file, against two at once on a half each, each with a home of its own, and against `land --jobs 2` where there is that."""
    title("Two processes on two cores")
    halves = work / "half1.jsonl", work / "half2.jsonl"
    aside(events.halves, file, *halves)
    contenders = {
        "one process, one file": lambda: _together(work, [[file]]),
        "one process, two files": lambda: _together(work, [list(halves)]),
        "two processes, a file each": lambda: _together(work, [[half] for half in halves]),
    }
    if "--jobs" in subprocess.run([*land(work / "home")[:6], "--help"], capture_output=True, text=True).stdout:
        contenders["land --jobs 2, two files"] = lambda: _together(work, [list(halves)], ("--jobs", "2"))
    costs = in_turn(rounds, contenders)
    rows = [(name, *(f"{figure:.1f}" for figure in median(found)[:2]), f"{median(found).peak:.0f}") for name, found in costs.items()]
    say("")
    table(("", "CPU s", "wall s", "peak MB of one"), rows)
    one = median(costs["one process, one file"]).wall
    for name in list(costs)[2:]:
        goal(f"speed of {name} by wall clock, of one process", one / median(costs[name]).wall, 1.7, is_ceiling=False)
    for half in halves:
        half.unlink()


def memory(work: Path, file: Path, megabytes: int) -> None:
    """Peak memory at the size of the file and at three times that. The file is replaced by the larger one."""
    title("Memory")
    cost, _ = run(land(work / "home", file))
    rmtree(work / "home")
    small = file.stat().st_size / 1e6
    file.unlink()
    progress(f"making {3 * megabytes:,} MB of events")
    lines = aside(events.make_file, file, 3 * megabytes)
    more, said = run(land(work / "home", file))
    rmtree(work / "home")
    if json.loads(said)["landed"] != lines:
        raise Failed(f"not every line landed: {said}")
    large = file.stat().st_size / 1e6
    table(("", "CPU s", "peak MB"), [(f"{size:,.0f} MB", f"{found.cpu:.1f}", f"{found.peak:.0f}") for size, found in ((small, cost), (large, more))])
    goal("peak memory in GB, whatever the size", max(cost.peak, more.peak) / 1000, 1)
    goal("CPU a MB at three times the size, of the size", more.cpu / large / (cost.cpu / small), 1.1)


def _together(work: Path, shares: list[list[Path]], options: tuple[str, ...] = ()) -> Cost:
    """A process for each share of the files, all at once; CPU is the sum, wall the longest, the peak that of the largest."""
    homes = [work / f"home{number}" for number in range(len(shares))]
    try:
        running = [start(land(home, *share, options=options)) for home, share in zip(homes, shares, strict=True)]
        costs = [process.finish()[0] for process in running]
    finally:
        for home in homes:
            rmtree(home, ignore_errors=True)
    return Cost(sum(cost.cpu for cost in costs), max(cost.wall for cost in costs), max(cost.peak for cost in costs))

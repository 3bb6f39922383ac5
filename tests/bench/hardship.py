"""Landing what is not just a good file: lines that came before, lines that are wrong, a home with a long history."""

import json
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from shutil import copytree, rmtree

import events
from measure import Cost, Failed, aside, goal, in_turn, land, median, progress, ratio, run, say, table, title

HISTORY_STARTS = date(2024, 7, 1)


def duplicates(work: Path, file: Path, count: int, rounds: int) -> None:
    """So many events twice: the second time in the same order, in another, and all of one event and day."""
    title("Duplicates")
    first, again, shuffled = work / "first.jsonl", work / "again.jsonl", work / "shuffled.jsonl"
    count = aside(events.first_lines, file, first, count)
    aside(events.with_blank, first, again)
    aside(events.shuffled, first, shuffled)
    day, day_again = work / "day.jsonl", work / "day-again.jsonl"
    aside(events.one_day, file, day, count)
    aside(events.shuffled, day, day_again)
    homes = work / "mixed", work / "one-day"
    contenders = {
        "mixed events, first time": partial(_first, homes[0], first, count),
        "again, an empty line added": partial(_second, homes[0], again, count, work),
        "again, in another order": partial(_second, homes[0], shuffled, count, work),
        "one event and day, first time": partial(_first, homes[1], day, count),
        "one event and day, again, in another order ": partial(_second, homes[1], day_again, count, work),
    }
    costs = in_turn(rounds, contenders)
    say(f"{count:,} lines ({first.stat().st_size / 1e6:.0f} MB mixed, {day.stat().st_size / 1e6:.0f} MB of one day)\n")
    _table(costs)
    names = list(contenders)
    for name, base in ((names[1], names[0]), (names[2], names[0]), (names[4], names[3])):
        if name in costs:
            goal(f"CPU of {name.strip()}, of the first time", ratio(costs[name], costs[base]), 2)
    _remove(first, again, shuffled, day, day_again, *homes)


def invalid(work: Path, file: Path, megabytes: float, rounds: int) -> None:
    """Files of nothing but wrong lines, a kind each, against the same lines before they were made wrong."""
    title("Invalid lines")
    valid, broken, home = work / "valid.jsonl", work / "broken.jsonl", work / "home"
    rows, speeds = [], {}
    for kind in events.KINDS:
        count = aside(events.break_lines, file, kind, valid, broken, megabytes)
        is_landed = kind.endswith("(lands)")
        costs = in_turn(
            rounds, {f"{kind}: as they were": partial(_first, home, valid, count), kind: partial(_first, home, broken, count if is_landed else 0, count)}
        )
        if len(costs) == 2:
            before, after = costs.values()
            sizes = valid.stat().st_size / 1e6, broken.stat().st_size / 1e6
            speeds[kind] = ratio(before, after) * sizes[1] / sizes[0]
            rows.append(
                (kind, f"{count:,}", *(f"{size / median(found).cpu:.1f}" for size, found in zip(sizes, (before, after), strict=True)), f"{speeds[kind]:.2f}")
            )
    say("")
    table(("all lines have", "lines", "MB a CPU s before", "MB a CPU s", "speed of valid"), rows)
    for kind, speed in speeds.items():
        goal(f"speed with {kind}, of the same lines valid", speed, 0.5, is_ceiling=False)
    _remove(valid, broken, home)


def history(work: Path, count: int, rounds: int) -> None:
    """A day's file into a home with so many days of history, against an empty one. The history grows by each day that is measured."""
    title("A day on top of a history")
    starts = HISTORY_STARTS + timedelta(days=count)
    old = aside(events.days, work / "old", 250, HISTORY_STARTS, count, 1, 0.01)
    new = aside(events.days, work / "new", 3000, starts, rounds + 2, 2, 0.0)[1:-1]
    home, empty = work / "history", work / "empty"
    progress(f"landing {count} days of history, one load each")
    cost, said = run(land(home, *old))
    loads = [json.loads(line) for line in said.splitlines()]
    lines = sum(load["lines"] for load in loads)
    progress(f"{len(loads)} loads, {lines:,} lines: {cost.cpu:.0f} CPU s, {cost.wall:.0f} wall s")
    costs: dict[str, list[Cost]] = {"into an empty home": [], f"into {count} days of history": []}
    for number, file in enumerate(new):
        orders: list[tuple[str, Path]] = [("into an empty home", empty), (f"into {count} days of history", home)]
        for name, into in orders if number % 2 else reversed(orders):
            found, _ = run(land(into, file))
            costs[name].append(found)
            progress(f"{file.name} ({file.stat().st_size / 1e6:.0f} MB) {name}: {found.cpu:.2f} CPU s, {found.wall:.2f} wall s")
        rmtree(empty)
    events_in_history = sum(1 for _ in (home / "landing").iterdir())
    parts = sum(1 for _ in (home / "landing").rglob("*.parquet"))
    size = sum(file.stat().st_size for file in new) / len(new) / 1e6
    say(f"{len(new)} days of {size:.0f} MB on average; the history: {len(loads)} loads, {lines:,} lines, {events_in_history} events, {parts:,} parts\n")
    _table(costs)
    empty_costs, history_costs = costs.values()
    goal(f"CPU into {count} days of history, of an empty home", ratio(history_costs, empty_costs), 1.1)
    goal(f"wall into {count} days of history, of an empty home (no goal of its own)", ratio(history_costs, empty_costs, "wall"), 1.1)
    _remove(work / "old", work / "new", home, empty)


def _first(home: Path, file: Path, landed: int, quarantined: int = 0) -> Cost:
    """Land a file into a new home."""
    rmtree(home, ignore_errors=True)
    cost, said = run(land(home, file))
    _expect(said, landed=landed, quarantined=quarantined if quarantined != landed else 0)
    return cost


def _second(home: Path, file: Path, count: int, work: Path) -> Cost:
    """Land a file of duplicates into a copy of a home."""
    copy = work / "copy"
    copytree(home, copy)
    try:
        cost, said = run(land(copy, file))
        before, after = (sorted(path.relative_to(root) for path in (root / "landing").rglob("*.parquet")) for root in (home, copy))
    finally:
        rmtree(copy)
    _expect(said, landed=0, duplicates=count, quarantined=0)
    if before != after:
        raise Failed(f"{len(after) - len(before)} parts were added")
    return cost


def _expect(said: str, **counts: int) -> None:
    found = json.loads(said)
    for name, count in counts.items():
        if found[name] != count:
            raise Failed(f"{name} is {found[name]:,}, not {count:,}")


def _table(costs: dict[str, list[Cost]]) -> None:
    rows = [(name.strip(), *(f"{figure:.1f}" for figure in median(found)[:2]), f"{median(found).peak:.0f}") for name, found in costs.items()]
    table(("", "CPU s", "wall s", "peak MB"), rows)


def _remove(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            rmtree(path)
        else:
            path.unlink(missing_ok=True)

"""What building the warehouse costs: how it grows with the events, what one more day costs, and two questions of the marts beside ClickHouse."""

import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import rmtree

import duckdb
import events
import peers
from measure import Cost, Failed, aside, goal, in_turn, land, median, progress, ratio, run, say, table, title

DAYS = 60
QUESTIONS = ("funnel", "retention")
_BUILD = ("build", "--quiet", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
_SLOWEST = 12


@dataclass(frozen=True)
class Built:
    """One build: what the process cost, and the seconds of each model."""

    cost: Cost
    seconds: dict[str, float]

    @property
    def models(self) -> float:
        """Seconds of all models, added up over the threads."""
        return sum(self.seconds.values())


def marts(work: Path, millions: list[float], rounds: int) -> None:
    """Casinos of so many events: landed, built without tests; the largest gets one more day, and is asked two questions."""
    title("Building the warehouse")
    found: list[tuple[int, Built]] = []
    for number, size in enumerate(sorted(millions)):
        home, inbox = work / f"home-{number}", work / "casino"
        progress(f"simulating {size:g} million events over {DAYS} days and one more")
        aside(events.casino, inbox, round(size * 1e6), DAYS + 1)
        landed = _land(home, sorted(inbox.glob("*/*.jsonl")))
        day = work / "day.jsonl"
        (inbox / "day.jsonl").rename(day)
        rmtree(inbox)
        built = _build(home)
        progress(f"{landed:,} events: {built.cost.cpu:.0f} CPU s, {built.cost.wall:.0f} wall s, {built.models:.0f} model s, {built.cost.peak:.0f} MB")
        found.append((landed, built))
        if size < max(millions):
            rmtree(home)
    _growth(found)
    _one_more_day(home, day, found[-1])
    _slowest(found)
    _questions(work, home, rounds)
    rmtree(home)


def _growth(found: list[tuple[int, Built]]) -> None:
    rows = [
        (f"{landed:,} events", f"{built.cost.cpu:.1f}", f"{built.cost.cpu / landed * 1e6:.1f}", f"{built.cost.wall:.1f}", f"{built.models:.1f}",
         f"{built.cost.peak:.0f}")
        for landed, built in found
    ]  # fmt: skip
    say("")
    table(("full build, models only", "CPU s", "CPU s a million", "wall s", "model s", "peak MB"), rows)
    first_landed, first = found[0]
    for landed, built in found[1:]:
        growth = built.cost.cpu / landed / (first.cost.cpu / first_landed)
        goal(f"CPU an event at {landed:,} events, of that at {first_landed:,}", growth, 1.1)


def _one_more_day(home: Path, day: Path, full: tuple[int, Built]) -> None:
    landed = _land(home, [day])
    day.unlink()
    built = _build(home)
    say("")
    builds = (("full", *full), ("one more day", landed, built))
    rows = [(name, f"{count:,}", f"{b.cost.cpu:.1f}", f"{b.cost.wall:.1f}", f"{b.models:.1f}") for name, count, b in builds]
    table(("the largest", "events", "CPU s", "wall s", "model s"), rows)
    goal("model time of one more day, of the full build", built.models / full[1].models, 0.1)
    say("\nThe slowest models of one more day:\n")
    _models([built])


def _slowest(found: list[tuple[int, Built]]) -> None:
    say("\nThe slowest models of the full builds, and how they grow:\n")
    _models([built for _, built in found], [f"{landed:,}" for landed, _ in found])


def _models(builds: list[Built], names: list[str] | None = None) -> None:
    largest = sorted(builds[-1].seconds.items(), key=lambda item: -item[1])[:_SLOWEST]
    rows = [(model, *(f"{built.seconds.get(model, 0):.2f}" for built in builds)) for model, _ in largest]
    table(("model", *(names or ["seconds"])), rows)


def _questions(work: Path, home: Path, rounds: int) -> None:
    """The same Parquet file, the same question, our SQL on DuckDB and chdb's own functions."""
    parquet = work / "events.parquet"
    rows = aside(_export, home / "warehouse.duckdb", parquet)
    python = peers.make_environment()
    for question in QUESTIONS:
        programs = {name: peers.PROGRAMS / f"{question}_{name}.py" for name in ("duckdb", "chdb")}
        said: dict[str, str] = {}
        contenders = {name: partial(_ask, Path(sys.executable) if name == "duckdb" else python, program, parquet, said) for name, program in programs.items()}
        contenders["duckdb"]()  # has dbt render the macro once: what is measured is the question
        costs = in_turn(rounds, contenders)
        say(f"\n{question} over {rows:,} events\n")
        table(("", "CPU s", "wall s", "peak MB"), [(name, *(f"{n:.2f}" for n in median(cost)[:2]), f"{median(cost).peak:.0f}") for name, cost in costs.items()])
        if len(costs) == 2:
            if len(set(said.values())) > 1:
                raise Failed(f"{question}: the answers differ: {said}")
            goal(f"CPU of the {question}, of ClickHouse's", ratio(costs["duckdb"], costs["chdb"]), 1)
    parquet.unlink()


def _ask(python: Path, program: Path, parquet: Path, said: dict[str, str]) -> Cost:
    cost, answer = run([str(python), str(program), str(parquet)])
    said[program.stem] = answer.strip()
    return cost


def _export(warehouse: Path, parquet: Path) -> int:
    """Who did what when, in the order of the players: what funnels and retention are asked of."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        connection.execute(
            f"copy (select brand, player_id, event, ts from staging.stg_landing__events where player_id is not null and not is_test and not is_conflict) "
            f"to '{parquet}' (format parquet)"
        )
        [(rows,)] = connection.execute(f"select count(*) from '{parquet}'").fetchall()
    return int(rows)


def _land(home: Path, files: list[Path]) -> int:
    _, said = run(land(home, *files))
    return sum(int(json.loads(line)["landed"]) for line in said.splitlines())


def _build(home: Path) -> Built:
    cost, _ = run([sys.executable, "-m", "pitboss.cli", "--home", str(home), *_BUILD])
    results = json.loads((home / "target" / "run_results.json").read_text())["results"]
    return Built(cost, {r["unique_id"].split(".")[-1]: r["execution_time"] for r in results if r["unique_id"].startswith("model.")})

"""Landing beside what others would do with the same file: DuckDB's naive COPY, polars, chdb and dlt."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import events
from measure import Cost, Failed, aside, goal, in_turn, land, median, progress, ratio, run, say, table, title
from pitboss.contract.read import read_contracts
from pitboss.contract.structs import struct_fields, tree

PROGRAMS = Path(__file__).parent / "programs"
ENVIRONMENT = Path(__file__).parents[2] / ".venv" / "bench-peers"
DLT_MEGABYTES = 40
"""dlt gets so much of the file; what it costs beyond its start is scaled up to the whole of it."""

Shape = str | dict[str, "Shape"] | list["Shape"]
"""A field for the peers: the name of its type, an object's fields, or a list with the shape of its items."""


def compare(work: Path, file: Path, lines: int, rounds: int) -> None:
    """One file through landing and every peer, in turn."""
    title("Landing and its peers")
    schema = work / "schema.json"
    schema.write_text(json.dumps(wide_row()))
    megabytes = file.stat().st_size / 1e6
    contenders: dict[str, Callable[[], Cost]] = {"pitboss land": lambda: _land(work, file, lines)}
    contenders["DuckDB COPY"] = lambda: _peer(work, Path(sys.executable), "duckdb", file, schema, lines)
    python = make_environment()
    for name in ("polars", "chdb"):
        if _can_import(python, name):
            contenders[name] = lambda name=name: _peer(work, python, name, file, schema, lines)  # type: ignore[misc]
    if _can_import(python, "dlt"):
        contenders["dlt"] = _dlt(work, python, file, schema)
    costs = in_turn(rounds, contenders)
    ours = costs["pitboss land"]
    rows = []
    for name, found in costs.items():
        cpu, wall, peak = median(found)
        rows.append((name, f"{cpu:.1f}", f"{wall:.1f}", f"{peak:.0f}", f"{megabytes / cpu:.1f}", f"{cpu / median(ours).cpu:.2f}"))
    say(f"{megabytes:,.0f} MB, {lines:,} lines; medians of {rounds}; dlt scaled up from {min(DLT_MEGABYTES, megabytes):.0f} MB, its peak as it was there\n")
    table(("", "CPU s", "wall s", "peak MB", "MB a CPU s", "CPU of ours"), rows)
    goal("CPU of landing, of the naive COPY (0.85 is the most that is accepted)", ratio(ours, costs["DuckDB COPY"]), 0.7)
    if "dlt" in costs:
        goal("CPU of dlt, of landing", ratio(costs["dlt"], ours), 20, is_ceiling=False)


def wide_row() -> Shape:
    """Every field of every contract as one wide row. A name that is an object here and a value there is JSON text."""
    contracts = read_contracts()
    wide: dict[str, Shape] = {"event": "varchar"}
    for event in contracts.events:
        _merge(wide, _shape(tree(contracts.columns(event))))
    return wide


def make_environment() -> Path:
    """The peers' own environment, made anew when their list has changed; its Python. A peer that cannot be installed is said to be missing."""
    wanted, made, python = Path(__file__).with_suffix(".txt").read_text(), ENVIRONMENT / "made-from.txt", ENVIRONMENT / "bin" / "python"
    if not made.exists() or made.read_text() != wanted:
        progress(f"making the peers' environment in {ENVIRONMENT}, about a minute")
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for requirement in filter(None, (line.partition("#")[0].strip() for line in wanted.splitlines())):
            done = subprocess.run([*pip, requirement], capture_output=True, text=True)
            if done.returncode:
                say(f"{requirement} cannot be installed and is left out: {(done.stderr.strip() or 'pip says nothing').splitlines()[-1]}")
        made.write_text(wanted)
    return python


def _can_import(python: Path, name: str) -> bool:
    is_there = subprocess.run([python, "-c", f"import {name}"], capture_output=True).returncode == 0
    if not is_there:
        say(f"{name} is not installed in {ENVIRONMENT} and is left out; remove that folder to try again")
    return is_there


def _land(work: Path, file: Path, lines: int) -> Cost:
    home = work / "home"
    try:
        cost, said = run(land(home, file))
    finally:
        rmtree(home, ignore_errors=True)
    if json.loads(said)["landed"] != lines:
        raise Failed(f"not every line landed: {said.strip()}")
    return cost


def _peer(work: Path, python: Path, name: str, file: Path, schema: Path, lines: int) -> Cost:
    out = work / "out"
    out.mkdir()
    try:
        cost, said = run([str(python), str(PROGRAMS / f"{name}_load.py"), str(file), str(out), str(schema)])
    finally:
        rmtree(out, ignore_errors=True)
    if int(said) != lines:
        raise Failed(f"{said.strip()} of {lines} lines arrived")
    return cost


def _dlt(work: Path, python: Path, file: Path, schema: Path) -> Callable[[], Cost]:
    """dlt on a sample, scaled up: its start, measured on one line, is counted once."""
    part, line = work / "dlt.jsonl", work / "line.jsonl"
    lines = aside(events.sample, file, part, DLT_MEGABYTES)
    aside(events.first_lines, file, line, 1)
    factor = file.stat().st_size / part.stat().st_size

    def load() -> Cost:
        begin = _peer(work, python, "dlt", line, schema, 1)
        cost = _peer(work, python, "dlt", part, schema, lines)
        cpu, wall = ((whole - start) * factor + start for whole, start in zip(cost[:2], begin[:2], strict=True))
        return Cost(cpu, wall, cost.peak)

    return load


def _shape(node: object) -> Shape:
    if isinstance(node, dict):
        return {key: _shape(child) for key, child in node.items()}
    data_type: str = node.data_type  # type: ignore[attr-defined]
    fields = struct_fields(data_type)
    if fields:
        return [dict(fields)]
    return [data_type.removesuffix("[]")] if data_type.endswith("[]") else data_type


def _merge(into: dict[str, Shape], other: Shape) -> None:
    assert isinstance(other, dict)
    for key, node in other.items():
        mine = into.get(key)
        if isinstance(mine, dict) and isinstance(node, dict):
            _merge(mine, node)
        elif mine is None:
            into[key] = node
        elif isinstance(mine, dict) or isinstance(node, dict):
            into[key] = "json"

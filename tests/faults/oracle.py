"""What must be true of a home whatever happened to it, and what it holds, in a form that does not depend on who came first."""

import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pitboss.errors import PitbossError
from pitboss.home import Home
from pitboss.landing.ledger import EventId, Ledger, Part
from pitboss.landing.waiting import quarantine

_BY_KEY = frozenset({"device_id", "ip_hash", "previous"})
"""Hashes under the home's key, which differs between homes."""


@dataclass(frozen=True)
class Wrong:
    """One thing that must not be: `kind` is lost, doubled or torn."""

    kind: str
    what: str


@dataclass
class Content:
    """What a home holds. Ids in conflict stand apart, because which copy of them landed depends on who came first."""

    landed: Counter[Any]
    vault: Counter[Any]
    waiting: Counter[Any]
    unknown: Counter[Any]
    violations: Counter[Any]
    conflicts: dict[EventId, frozenset[str]]
    copies: Counter[EventId]
    undecided: frozenset[EventId]
    decided: frozenset[Any]
    totals: tuple[int, ...]


def check(home: Home) -> list[Wrong]:
    """Whether ledger and files agree. To be asked when nothing is under way and a start has cleared up."""
    try:
        ledger = Ledger(home)
    except PitbossError as error:
        return [Wrong("torn", f"ledger: {error}")]
    wrong = list(_parts(home, ledger))
    explained = _explained(home, ledger)
    for folder in (home.landing, home.ids, home.restricted, *(home.root / name for name in ("refusals", "duplicates", "withdrawn"))):
        for path in folder.rglob("*"):
            if path.is_file() and path not in explained:
                wrong.append(Wrong("torn", f"{path.relative_to(home.root)} is in no ledger entry"))
    wrong += [Wrong("torn", f"{path.relative_to(home.root)} is left over") for path in home.incoming.glob("*")]
    for path in [home.restricted, *home.restricted.rglob("*")]:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            wrong.append(Wrong("torn", f"{path.relative_to(home.root)} is open to others"))
    for entry in ledger.entries:
        if entry.lines != entry.landed + entry.quarantined + entry.duplicates:
            wrong.append(Wrong("lost", f"entry {entry.seq} does not account for its lines"))
    landed, rows = sum(entry.landed for entry in ledger.entries), sum(part.rows for part in ledger.all_parts("parts"))
    rows += sum(part.rows if entry.is_undone else -part.rows for entry in ledger.entries for part in entry.withdrawn)
    if landed != rows:
        wrong.append(Wrong("lost" if rows < landed else "doubled", f"{landed} landed, {rows} rows"))
    return wrong


def _parts(home: Home, ledger: Ledger) -> Iterator[Wrong]:
    for kind in ("parts", "vault", "refusals"):
        for part in ledger.all_parts(kind):
            try:
                rows = _table(home.root / part.path).num_rows
            except FileNotFoundError:
                yield Wrong("lost", f"{part.path} of the ledger is not there")
            except (OSError, pa.ArrowException) as error:
                yield Wrong("torn", f"{part.path}: {str(error).splitlines()[0]}")
            else:
                if rows != part.rows:
                    yield Wrong("torn", f"{part.path} has {rows} of {part.rows} rows")


def _explained(home: Home, ledger: Ledger) -> set[Path]:
    """Every file that may be there: what an entry names, or is known to write under its id."""
    key = home.restricted / "key"
    found = {key if key.exists() else key.with_suffix(".new")}
    for entry in ledger.entries:
        parts: list[Part] = [*entry.parts, *entry.vault, *entry.refusals, *entry.withdrawn]
        found.update(home.root / part.path for part in parts)
        found.update(home.restricted / area / f"{entry.load_id}.parquet" for area in ("quarantine", "unknown", "conflicts"))
        found.update(home.ids.glob(f"*/{entry.load_id}.ids"))
        found.add(home.root / "duplicates" / f"{entry.load_id}.parquet")
    return found


def content(home: Home) -> Content:
    """All that a home holds."""
    ledger = Ledger(home)
    with quarantine(home, ledger) as connection:
        waiting = connection.execute("select file, line, byte_offset, event, day, reason, pointer, raw from waiting where reason <> 'conflict'").fetchall()
        told = connection.execute("select event, event_day, event_id, content from contents").fetchall()
    disputed: dict[EventId, set[str]] = {}
    for event, day, event_id, text in told:
        disputed.setdefault(EventId(event, day, event_id), set()).add(text)
    copies: Counter[EventId] = Counter()
    landed, vault = Counter[Any](), Counter[Any]()
    for part in ledger.all_parts("parts"):
        for row in _rows(home, part):
            key = EventId(part.event, part.event_day, row["event_id"])
            if key in disputed:
                copies[key] += 1
            else:
                landed[part.event, part.event_day, _neutral(row)] += 1
    for part in ledger.all_parts("vault"):
        for row in _rows(home, part):
            if EventId(part.event, part.event_day, row["event_id"]) not in disputed:
                vault[part.event, part.event_day, _neutral(row)] += 1
    unknown = Counter((row["event"], _neutral(row)) for path in sorted((home.restricted / "unknown").glob("*.parquet")) for row in _table(path).to_pylist())
    violations: Counter[Any] = Counter()
    for entry in ledger.entries:
        for violation in entry.violations:
            violations[violation.day, violation.event, violation.reason, violation.is_quarantined] += violation.events
    names = ("lines", "landed", "quarantined", "duplicates", "bytes")
    return Content(
        landed,
        vault,
        Counter(waiting),
        unknown,
        Counter({key: count for key, count in violations.items() if count}),
        {key: frozenset(texts) for key, texts in disputed.items()},
        copies,
        frozenset(ledger.open_conflicts),
        frozenset((key, found.kept, tuple(sorted(found.refused))) for key in disputed if (found := ledger.resolution(key))),
        tuple(sum(getattr(entry, name) for entry in ledger.entries) for name in names),
    )


def compare(found: Content, expected: Content) -> list[Wrong]:
    """What one home holds and the other does not."""
    wrong = []
    for name in ("landed", "vault", "waiting", "unknown", "violations", "copies"):
        ours, theirs = getattr(found, name), getattr(expected, name)
        wrong += [Wrong("lost", f"{name}: {row} {count} times") for row, count in (theirs - ours).items()]
        wrong += [Wrong("doubled", f"{name}: {row} {count} times") for row, count in (ours - theirs).items()]
    for name in ("conflicts", "undecided", "decided", "totals"):
        if getattr(found, name) != getattr(expected, name):
            wrong.append(Wrong("lost", f"{name}: {getattr(found, name)} instead of {getattr(expected, name)}"))
    return wrong


def _table(path: Path) -> pa.Table:
    with pq.ParquetFile(path) as file:
        return file.read(use_threads=False)


def _rows(home: Home, part: Part) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _table(home.root / part.path).to_pylist()
    return found


def _neutral(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row without what another order of landing, or another key, would change."""
    row = {name: value for name, value in row.items() if name not in ("load_seq", "load_id", "line") and value is not None}
    for name in _BY_KEY & row.keys():
        row[name] = "hash"
    if str(row.get("event_id", "")).startswith("d_"):
        row["event_id"] = "d_"
    return tuple((name, str(value)) for name, value in sorted(row.items()))

"""What was sent, counted by producer and day: the figures that the producers' report is made of. Read from what is landed, in one pass an event."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import duckdb

from pitboss.contract.arrow import product_columns
from pitboss.contract.model import Contracts
from pitboss.contract.sql import file_list, literal, quoted
from pitboss.errors import LedgerError
from pitboss.home import Home
from pitboss.landing.ledger import Ledger, Part
from pitboss.landing.withdrawn import make_withdrawn
from pitboss.watch.history import told_day
from pitboss.watch.profile import OTHER, SOURCE

_NAME = re.compile(r"(?!.*\d{5})[A-Za-z_][A-Za-z0-9_-]{0,39}")
"""A key that looks like the name of a field. Anything else may be somebody's data, and long numbers are somebody's too."""


@dataclass(frozen=True)
class Sent:
    """What a producer sent of an event on a UTC day. `filled` counts, for each column, the events that had it."""

    events: int
    players: int
    filled: dict[str, int]


@dataclass
class Counts:
    """All that was sent in a span of days. Producers are sources; only `refused` and `lines` know the channel alone."""

    sent: dict[tuple[str, str], dict[date, Sent]] = field(default_factory=lambda: defaultdict(dict))
    """(source, event) -> day."""
    unknown: dict[tuple[str, str, str], Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    """(source, event, pointer) of fields that no contract knows -> events by day."""
    refused: dict[tuple[str, str, str, str], Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    """(channel, event, pointer, reason) -> lines in quarantine by day."""
    landed: dict[tuple[str, str], Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    """(channel, event) -> events landed by day."""


def count(home: Home, ledger: Ledger, contracts: Contracts, first: date, last: date) -> Counts:
    """Count what was sent from the first day to the last.

    Raises:
        LedgerError: files went away while they were read.
    """
    counts = Counts()
    parts: dict[str, list[Part]] = defaultdict(list)
    for part in ledger.all_parts("parts"):
        if first <= part.event_day <= last and part.event in contracts.events:
            parts[part.event].append(part)
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set timezone = 'UTC'")
        make_withdrawn(connection, home, ledger)
        try:
            for event in sorted(parts):
                read = f"read_parquet({file_list(home.root / part.path for part in parts[event])}, union_by_name = true)"
                gone = f"(select event_day, event_id, load_seq from withdrawn where event = {literal(event)})"
                rows = f"(select * from {read} as read anti join {gone} as gone using (event_day, event_id, load_seq))"
                _landed(connection, counts, contracts, event, rows)
                _unknown(connection, counts, home, ledger, event, rows)
            _refused(connection, counts, home, ledger, first, last)
        except duckdb.IOException as error:
            raise LedgerError(f"changed while it was read ({str(error).splitlines()[0]})", str(home.root), "Run the command again.") from error
    return counts


def masked_pointer(pointer: str) -> str:
    """A JSON pointer with `*` for each key that does not look like a field's name, and `[]` for a place in a list."""
    keys = pointer.split("/")[1:]
    return "".join("/" + ("[]" if key.isdigit() and at else key if _NAME.fullmatch(key) else "*") for at, key in enumerate(keys))


def _landed(connection: duckdb.DuckDBPyConnection, counts: Counts, contracts: Contracts, event: str, rows: str) -> None:
    there = {row[0] for row in connection.execute(f"describe select * from {rows}").fetchall()}
    names = [column.name for column in product_columns(contracts, event)]
    filled = "".join(f", {f'count({quoted(name)})' if name in there else '0'}" for name in names)
    query = f"select coalesce(source, inbox), inbox, event_day, count(*), approx_count_distinct(player_id){filled} from {rows} group by all"
    for source, channel, day, events, players, *found in connection.execute(query).fetchall():
        counts.landed[channel, event][day] += events
        days = counts.sent[_source(source), event]
        before = days.get(day, Sent(0, 0, dict.fromkeys(names, 0)))
        together = {name: before.filled[name] + more for name, more in zip(names, found, strict=True)}
        days[day] = Sent(before.events + events, before.players + players, together)


def _unknown(connection: duckdb.DuckDBPyConnection, counts: Counts, home: Home, ledger: Ledger, event: str, rows: str) -> None:
    loads = {
        entry.load_id: entry.seq
        for entry in ledger.entries
        if any(violation.event == event and violation.reason == "unknown_field" for violation in entry.violations)
    }
    files = [path for load_id in loads if (path := home.restricted / "unknown" / f"{load_id}.parquet").exists()]
    if not files:
        return
    seqs = ", ".join(f"{literal(load_id)}: {seq}" for load_id, seq in loads.items())
    query = (
        f"select coalesce(source, inbox), unknown.pointer, event_day, count(*) from read_parquet({file_list(files)}) as unknown "
        f"join {rows} as landed on landed.event_id = unknown.event_id and landed.load_seq = (map {{{seqs}}})[unknown.load_id] "
        f"where unknown.event = {literal(event)} group by all"
    )
    for source, pointer, day, events in connection.execute(query).fetchall():
        counts.unknown[_source(source), event, masked_pointer(pointer)][day] += events


def _refused(connection: duckdb.DuckDBPyConnection, counts: Counts, home: Home, ledger: Ledger, first: date, last: date) -> None:
    files = [home.root / part.path for part in ledger.all_parts("refusals")]
    if not files:
        return
    days = {entry.load_id: told_day(entry) for entry in ledger.entries}
    retracted = ", ".join(map(literal, ["", *ledger.retracted]))
    # by load id, not sequence: a line that a replay took out has its -1 under the load that it came with
    query = (
        f"select channel, event, pointer, reason, day, load_id, sum(weight) from read_parquet({file_list(files)}) "
        f"where reason <> 'unknown_field' and load_id not in ({retracted}) "
        f"and (day is null or day between date '{first}' and date '{last}') group by all having sum(weight) > 0"
    )
    for channel, event, pointer, reason, day, load_id, lines in connection.execute(query).fetchall():
        at = day or days[load_id]  # a line whose time cannot be read counts for the day of the others in its load
        if first <= at <= last:
            counts.refused[channel, event, masked_pointer(pointer), reason][at] += lines


def _source(name: str) -> str:
    return name if SOURCE.fullmatch(name) else OTHER


def each_day(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)

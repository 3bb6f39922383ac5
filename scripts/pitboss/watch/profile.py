"""What a load looks like in numbers: small, and without personal data. No ids, no values but currency codes and names of sources."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from pitboss.contract.arrow import product_columns
from pitboss.contract.model import Column, Contracts
from pitboss.contract.sql import file_list, quoted
from pitboss.home import Home
from pitboss.landing.ledger import Entry, Part

OTHER = "other"
"""Stands for a source or a currency that is not spelled like one: it may be anything, so it is not repeated."""
SOURCE, CURRENCY = re.compile(r"[a-z][a-z0-9_-]{0,31}"), re.compile(r"[A-Z]{3,5}")


class EventProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a load. Players and sessions are approximate, quantiles too; a share is its count over `rows`."""

    rows: int
    players: int
    sessions: int
    sources: dict[str, int]
    """Rows of each source; the channel stands in for a source that was not sent."""
    nulls: dict[str, int]
    """Rows without a value, for each column that must be sent or holds money."""
    recorded: dict[str, int]
    """Events that landed with a violation, for each reason."""
    currencies: dict[str, dict[str, int]]
    """Money column -> currency -> rows."""
    amounts: dict[str, dict[str, list[float]]]
    """Money column -> currency -> 5 %, 50 % and 95 % quantile."""
    lag_s: list[float]
    """50 % and 95 % quantile of arrival less event time, seconds; empty where nobody says when the event arrived."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One load. `began`, `middle` and `ended` are the hours (UTC) of its 5 %, 50 % and 95 % event; None where nothing landed."""

    load_id: str
    seq: int
    lines: int
    blank_lines: int
    landed: int
    quarantined: int
    duplicates: int
    conflicts: int
    reasons: dict[str, int]
    """Quarantined lines for each reason."""
    lag_p50_s: float | None
    lag_p95_s: float | None
    began: datetime | None
    middle: datetime | None
    ended: datetime | None
    events: dict[str, EventProfile]

    @property
    def hours(self) -> float:
        """Hours that the load covers, at least one; 0 where nothing landed."""
        return (self.ended - self.began) / timedelta(hours=1) + 1 if self.began and self.ended else 0.0

    @property
    def state(self) -> str:
        """`empty` without a line, `broken` where no line was readable, else `filled`."""
        return "empty" if not self.lines else "broken" if self.quarantined == self.lines else "filled"


def profile_load(entry: Entry, contracts: Contracts, connection: duckdb.DuckDBPyConnection, locate: Callable[[Part], Path]) -> Profile:
    """Profile an entry from its counts and its Parquet, which `locate` finds."""
    events: dict[str, EventProfile] = {}
    hours: Counter[datetime] = Counter()
    for event in sorted({part.event for part in entry.parts}):
        files = [locate(part) for part in entry.parts if part.event == event]
        profile, seen = _event(entry, event, product_columns(contracts, event), connection, f"read_parquet({file_list(files)})")
        events[event] = profile
        hours.update(seen)
    reasons: Counter[str] = Counter()
    for violation in entry.violations:
        if violation.is_quarantined:
            reasons[violation.reason] += violation.events
    began, middle, ended = _quantiles(hours, (0.05, 0.5, 0.95)) if hours else (None, None, None)
    return Profile(
        load_id=entry.load_id,
        seq=entry.seq,
        lines=entry.lines,
        blank_lines=entry.blank_lines,
        landed=entry.landed,
        quarantined=entry.quarantined,
        duplicates=entry.duplicates,
        conflicts=entry.conflicts,
        reasons=dict(sorted(reasons.items())),
        lag_p50_s=entry.lag_p50_s,
        lag_p95_s=entry.lag_p95_s,
        began=began,
        middle=middle,
        ended=ended,
        events=events,
    )


def read_profile(home: Home, load_id: str) -> Profile | None:
    """The profile that was kept of a load; None where there is none, or of another version of Pitboss."""
    try:
        return msgspec.json.decode(_path(home, load_id).read_bytes(), type=Profile)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def keep_profile(home: Home, profile: Profile) -> None:
    """Write a profile to HOME/profiles, whole or not at all."""
    replace(home, _path(home, profile.load_id), msgspec.json.format(msgspec.json.encode(profile)) + b"\n")


def replace(home: Home, path: Path, data: bytes) -> None:
    """Put a file of the watch in place by one rename. It can be made again, so it is not synced."""
    if not path.parent.is_dir():
        home.disk.make_folder(path.parent)
    aside = path.with_name(f".{path.name}.new")
    home.disk.write(aside, data, 0o640)
    home.disk.rename(aside, path)


def masked(names: Iterable[tuple[str | None, int]], pattern: re.Pattern[str]) -> dict[str, int]:
    """Counts by name, the most frequent first; a name that does not match stands under OTHER."""
    counts: Counter[str] = Counter()
    for name, count in names:
        counts[name if name is not None and pattern.fullmatch(name) else OTHER] += count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def money(columns: Iterable[Column]) -> list[tuple[str, str]]:
    """The money of an event: columns of amounts, each with that of its currency. Balances are no money that moves."""
    named = {column.name: column.path[:-1] for column in columns}
    return [
        (column.name, column.unit)
        for column in columns
        if column.is_decimal and column.unit and named.get(column.unit) == column.path[:-1] and column.path[-1] == "amount"
    ]


def _event(entry: Entry, event: str, columns: tuple[Column, ...], connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[EventProfile, dict[datetime, int]]:
    def query(sql: str) -> list[tuple[Any, ...]]:
        fetched: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return fetched

    watched = [column.name for column in columns if column.need == "warn" and column.name != "event_id"]
    pairs = money(columns)
    watched += [amount for amount, _ in pairs if amount not in watched]
    nulls = "".join(f", count(*) - count({quoted(name)})" for name in watched)
    lag = "case when received_ts >= ts then cast(date_diff('millisecond', ts, received_ts) as double) / 1000 end"
    found = query(
        f"select count(*), approx_count_distinct(player_id), approx_count_distinct(session_id), approx_quantile({lag}, [0.5, 0.95]){nulls} from {rows}"
    )[0]
    currencies, amounts = {}, {}
    for amount, currency in pairs:
        value = f"cast({quoted(amount)} as double)"
        groups = query(
            f"select {quoted(currency)}, count(*), approx_quantile({value}, [0.05, 0.5, 0.95]) from {rows} where {quoted(amount)} is not null group by 1"
        )
        if groups:
            currencies[amount] = masked([(code, count) for code, count, _ in groups], CURRENCY)
            amounts[amount] = {code: _rounded(quantiles) for code, _, quantiles in sorted(groups, key=str) if code and CURRENCY.fullmatch(code)}
    recorded: Counter[str] = Counter()
    for violation in entry.violations:
        if violation.event == event and not violation.is_quarantined:
            recorded[violation.reason] += violation.events
    profile = EventProfile(
        rows=found[0],
        players=found[1],
        sessions=found[2],
        sources=masked(query(f"select coalesce(source, inbox), count(*) from {rows} group by 1"), SOURCE),
        nulls=dict(zip(watched, found[4:], strict=True)),
        recorded=dict(sorted(recorded.items())),
        currencies=currencies,
        amounts=amounts,
        lag_s=_rounded(found[3]),
    )
    return profile, dict(query(f"select date_trunc('hour', ts), count(*) from {rows} group by 1"))


def _rounded(values: list[float | None] | None) -> list[float]:
    return [round(value, 4) for value in values or [] if value is not None]


def _quantiles(hours: Counter[datetime], shares: tuple[float, ...]) -> list[datetime]:
    """The hours at which so much of all rows has happened."""
    total, found = hours.total(), []
    for share in shares:
        passed = 0
        for hour, count in sorted(hours.items()):
            passed += count
            if passed >= share * total:
                found.append(hour.replace(tzinfo=UTC))
                break
    return found


def _path(home: Home, load_id: str) -> Path:
    return home.root / "profiles" / f"{load_id}.json"

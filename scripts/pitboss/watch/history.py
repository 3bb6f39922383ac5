"""Which earlier loads a load is held against: those of its channel, of the last weeks, of about its length and time of day."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import duckdb

from pitboss.contract.model import Contracts
from pitboss.home import Home
from pitboss.landing.ledger import Entry
from pitboss.watch.bands import LEAST
from pitboss.watch.profile import Profile, keep_profile, profile_load, read_profile

RECENT = timedelta(days=28)
_FURTHER = timedelta(days=84)
"""Where the last 28 days hold too few loads (weekly files), older ones may help out."""

_DATE = re.compile(r"(20\d\d)-?([01]\d)-?([0-3]\d)")


def earlier_loads(
    home: Home, entries: Iterable[Entry], entry: Entry, contracts: Contracts, connection: duckdb.DuckDBPyConnection, say: Callable[[str], None]
) -> list[Profile]:
    """Profiles of the channel's loads of the twelve weeks before a load, by their own days, oldest first.

    A load from before the gate was used is profiled from its landed files, once. One whose files were compacted since is left out.
    """
    day = main_day(entry)
    loads = [other for other in entries if other.kind == "load" and other.channel == entry.channel and other.seq < entry.seq]
    dated = sorted((at, other.seq, other) for other in loads if (at := main_day(other)))
    if day is None and dated:  # nothing in it says when it is from: then it is the newest
        day = dated[-1][0]
    near = [other for at, _, other in dated if day and day - _FURTHER <= at <= day]
    known = {other.load_id: read_profile(home, other.load_id) for other in near}
    missing = [other for other in near if not known[other.load_id] and all((home.root / part.path).exists() for part in other.parts)]
    if missing:
        say(f"gate: profiling {len(missing)} earlier loads of {entry.channel}, once")
    for other in missing:
        made = profile_load(other, contracts, connection, lambda part: home.root / part.path)
        keep_profile(home, made)
        known[other.load_id] = made
    return sorted([profile for profile in known.values() if profile], key=lambda profile: (profile.middle is not None, profile.middle, profile.seq))


def like(now: Profile, earlier: Iterable[Profile]) -> list[Profile]:
    """Those that a load can be compared with: of half to twice its length, and of its time of day where it is shorter than half a day."""
    dated = [profile for profile in earlier if profile.middle and profile.state == "filled"]
    if now.middle:
        dated = [profile for profile in dated if _is_like(now, profile)]
    latest = now.middle or (dated[-1].middle if dated else None)
    recent = [profile for profile in dated if latest and profile.middle and latest - profile.middle <= RECENT]
    return recent if len(recent) >= LEAST else dated[-LEAST:]


def _is_like(now: Profile, other: Profile) -> bool:
    assert now.middle and other.middle
    if other.middle > now.middle + timedelta(hours=12) or not 0.5 <= (now.hours + 1) / (other.hours + 1) <= 2:
        return False
    apart = abs(now.middle.hour - other.middle.hour)
    return now.hours >= 12 or min(apart, 24 - apart) <= 3


def main_day(entry: Entry) -> date | None:
    """The day that most of a load is from."""
    rows: Counter[date] = Counter()
    for part in entry.parts:
        rows[part.event_day] += part.rows
    return min(rows, key=lambda day: (-rows[day], day)) if rows else None


def told_day(entry: Entry) -> date:
    """The day of a load of which nothing landed may tell: that of its rows, of its refused lines, in its file's name, or of its landing."""
    day = main_day(entry)
    if day:
        return day
    refused: Counter[date] = Counter()
    for violation in entry.violations:
        if violation.day:
            refused[violation.day] += violation.events
    if refused:
        return min(refused, key=lambda day: (-refused[day], day))
    for found in _DATE.finditer(entry.file):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            continue
    return entry.landed_at.date()

"""Feeds that fell silent. Four kinds of nothing are told apart: no file, a file without a line, a file without a readable line,
and files as usual in which one event of a source is gone."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from statistics import median

from pitboss.landing.ledger import Ledger
from pitboss.watch.bands import LEAST, is_regular
from pitboss.watch.finding import Finding
from pitboss.watch.history import RECENT, told_day
from pitboss.watch.profile import OTHER
from pitboss.watch.sent import Counts, Sent, each_day

_STRAYS = 0.05
"""Share of a channel's usual day below which rows are late ones from other files, and no sign of life."""
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


def days_by_channel(ledger: Ledger) -> dict[str, Counter[date]]:
    """Rows that each channel landed, by UTC day."""
    found: dict[str, Counter[date]] = defaultdict(Counter)
    for entry in ledger.standing:
        if entry.kind == "load":
            for part in entry.parts:
                found[entry.channel][part.event_day] += part.rows
    return found


def alive(days: Counter[date]) -> set[date]:
    """Days on which a channel sent more than strays."""
    usual = median(days.values()) if days else 0
    return {day for day, rows in days.items() if rows >= _STRAYS * usual}


def feeds(ledger: Ledger, since: date, until: date) -> Iterator[Finding]:
    """Channels without a file where there always was one, and files without a line or without a readable one."""
    odd: dict[str, set[date]] = defaultdict(set)
    for entry in ledger.standing:
        if entry.kind != "load" or (entry.lines and entry.quarantined - entry.conflicts < entry.lines):
            continue
        day = told_day(entry)
        odd[entry.channel] |= {day, day - _DAY}  # a day's file is often landed the day after
        if since <= day <= until + _DAY:
            if entry.lines:
                text = f"{entry.file}: none of its {entry.lines:,} lines could be read; the quarantine has them"
                yield Finding(day, entry.channel, "", "broken", "", text)
            else:
                yield Finding(day, entry.channel, "", "empty", "", f"{entry.file}: holds no line")
    for channel, days in days_by_channel(ledger).items():
        present = alive(days)
        for first, last in _gaps(present, until):
            is_daily = all(first - n * _DAY in present for n in range(1, LEAST + 1))
            gap = [
                day for day in each_day(max(first, since), last) if (is_daily or all(day - n * _WEEK in present for n in (1, 2, 3))) and day not in odd[channel]
            ]
            if gap:
                span = f"{len(gap)} days, to {gap[-1]}" if len(gap) > 1 else "this day"
                yield Finding(gap[0], channel, "", "missing", "", f"no file for {span}; there always was one")


def silences(counts: Counts, since: date, until: date) -> Iterator[Finding]:
    """Sources of which an event, or every event, stayed away. Told on the first day only."""
    sources: dict[str, dict[str, Mapping[date, Sent]]] = defaultdict(dict)
    for (source, event), days in counts.sent.items():
        if source != OTHER:
            sources[source][event] = days
    for source, events in sources.items():
        total: Counter[date] = Counter()
        for sent_on in events.values():
            total.update({day: sent.events for day, sent in sent_on.items()})
        present = alive(total)
        for day in each_day(since, until):
            gone = [event for event, days in events.items() if day not in days and _was_regular(days, present, day)]
            if day not in present and gone and day - _DAY in present:
                yield Finding(day, source, "", "silent", "", f"nothing of it landed; {len(gone)} kinds of events always did")
            elif day in present:
                for event in gone:
                    usual = median(sent.events for at, sent in events[event].items() if day - RECENT <= at < day)
                    yield Finding(day, source, event, "silent", "", f"none; usually {usual:,.0f} a day")


def _was_regular(days: Mapping[date, Sent], present: set[date], day: date) -> bool:
    before = sorted(at for at in present if day - RECENT <= at < day)
    rows = [days[at].events if at in days else 0 for at in before]
    return is_regular(rows, [min(days[at].events, days[at].players or days[at].events) if at in days else 0 for at in before])


def _gaps(present: set[date], until: date) -> Iterator[tuple[date, date]]:
    """Runs of days without a sign of life after the first one, as (first, last)."""
    if not present:
        return
    first: date | None = None
    for day in each_day(min(present), until):
        if day in present:
            if first:
                yield first, day - _DAY
            first = None
        elif first is None:
            first = day
    if first:
        yield first, until

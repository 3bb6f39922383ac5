"""The schema watch: fields that are new, changed or vanished, by producer and day. A change is told once, on the day it begins."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from math import log

from pitboss.watch.bands import LEAST
from pitboss.watch.finding import Finding
from pitboss.watch.history import RECENT
from pitboss.watch.sent import Counts, Sent

_SURE = log(1e6)
"""Odds against chance that a finding needs."""
_EVENTS = 50
"""Events of the weeks before that must be known, so that `never` and `always` mean something."""


def changes(counts: Counts, since: date, until: date) -> Iterator[Finding]:
    """Changes from one day to another. `counts` reach four weeks further back."""
    yield from _unknown(counts, since, until)
    yield from _refused(counts, since, until)
    for (source, event), days in counts.sent.items():
        for day in sorted(day for day in days if since <= day <= until):
            yield from _sent(source, event, day, days)


def _sent(source: str, event: str, day: date, days: Mapping[date, Sent]) -> Iterator[Finding]:
    """Fields of the contract that a producer always sent and sends no more, or hardly ever sent and sends now."""
    before = [days[at] for at in sorted(days) if day - RECENT <= at < day]
    known = sum(sent.events for sent in before)
    if len(before) < LEAST or known < _EVENTS:
        return
    now, last = days[day], before[-1]
    for column, filled in now.filled.items():
        share = sum(sent.filled[column] for sent in before) / known
        is_begun = share <= 0.01 and filled >= 5 and filled / now.events >= max(0.05, 10 * share, 10 * last.filled[column] / last.events)
        if is_begun and column != "is_test":  # test traffic comes and goes
            text = f"{filled / now.events:.1%} of {now.events:,} events have it; {share:.2%} of {known:,} in the weeks before had"
            yield Finding(day, source, event, "new", column, text)
        is_sure = -now.events * log(1 - min(share, 0.99)) >= _SURE
        if share >= 0.95 and not filled and is_sure and last.filled[column]:
            text = f"none of {now.events:,} events has it; {share:.1%} of {known:,} in the weeks before had"
            yield Finding(day, source, event, "vanished", column, text)


def _unknown(counts: Counts, since: date, until: date) -> Iterator[Finding]:
    """Fields that no contract knows, where they were not seen in the weeks before."""
    for (source, event, pointer), days in counts.unknown.items():
        for day in sorted(day for day in days if since <= day <= until):
            if not any(day - RECENT <= at < day for at in days):
                yield Finding(day, source, event, "new", pointer, f"not in the contract; {days[day]:,} events have it")


def _refused(counts: Counts, since: date, until: date) -> Iterator[Finding]:
    """Fields whose refusals begin: a share of the event that counts, and ten times what it was."""
    lines: dict[tuple[str, str], Counter[date]] = {}
    for (channel, event), days in counts.landed.items():
        lines.setdefault((channel, event), Counter()).update(days)
        lines.setdefault((channel, "unknown"), Counter()).update(days)
    for (channel, event, _, _), days in counts.refused.items():
        lines.setdefault((channel, event), Counter()).update(days)
    for (channel, event, pointer, reason), days in counts.refused.items():
        of = lines[channel, event]
        for day in sorted(day for day in days if since <= day <= until):
            share = days[day] / of[day]
            before = [at for at in sorted(of) if day - RECENT <= at < day]
            usual = sum(days[at] for at in before) / max(sum(of[at] for at in before), 1)
            is_begun = not before or days[before[-1]] / of[before[-1]] <= share / 10
            if days[day] >= 5 and share >= 0.01 and share >= 10 * usual and is_begun:
                text = f"{days[day]:,} lines refused as {reason}, {share:.1%} of the event; {usual:.2%} in the weeks before"
                yield Finding(day, channel, event, "changed", pointer or "/", text)

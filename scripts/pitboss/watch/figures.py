"""An expectation of one figure of a load, and how the figures are taken from profiles."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pitboss.contract.model import Contracts
from pitboss.watch.bands import Band
from pitboss.watch.profile import OTHER, EventProfile, Profile

Some = TypeVar("Some")
_CLUSTER = 3
"""Players who make as much noise as one that is independent: few of them make most of the rows."""


@dataclass(frozen=True)
class Expectation:
    """One figure of a load, the band that it should be in, and what to do where it is not. `name` is unique in a load."""

    name: str
    kind: str
    what: str
    observed: float | None
    band: Band
    unit: str
    basis: str
    advice: str


def sources(load: Profile, event: str) -> dict[str, int]:
    """Rows of an event by source, those apart whose name is not told."""
    found = load.events[event].sources if event in load.events else {}
    return {source: count for source, count in found.items() if source != OTHER}


def all_money(load: Profile) -> dict[str, int]:
    """Rows with money by currency, over all events and amounts of a load."""
    total: dict[str, int] = {}
    for profile in load.events.values():
        for codes in profile.currencies.values():
            for code, count in codes.items():
                total[code] = total.get(code, 0) + count
    return total


def event_units(profile: EventProfile) -> float:
    """Independent things behind an event, by its players where it has some, else by its rows."""
    return profile.players / _CLUSTER if profile.players else profile.rows


def load_units(load: Profile) -> float:
    """Independent things in a load, by its players where it has some, else by its lines."""
    return max((profile.players for profile in load.events.values()), default=0) / _CLUSTER or load.lines


def median_of(items: Iterable[Some], figure: Callable[[Some], float]) -> float:
    """The (upper) median of a figure of things; 0 of none."""
    values = sorted(figure(item) for item in items)
    return values[len(values) // 2] if values else 0


def day_of(load: Profile, other: Profile | None = None) -> date:
    """The UTC day in the middle of a load; where nothing landed, that of another."""
    at = load.middle or (other.middle if other else None)
    assert at
    return at.date()


def basis_of(loads: list[Profile]) -> str:
    """What a band rests on, in words."""
    return f"{len(loads)} loads from {day_of(loads[0])} to {day_of(loads[-1])}"


def owner_of(contracts: Contracts, event: str) -> str:
    """Whom to ask about an event."""
    meta = contracts.events[event].meta if event in contracts.events else {}
    return f"{meta.get('owner', 'the owner')} ({meta.get('producer', 'its producer')})"


def seconds(duration: str) -> float:
    """Seconds of an ISO 8601 duration of days, hours and minutes, as contracts give it; 0 for none."""
    days, _, times = duration.removeprefix("P").partition("T")
    total, digits = 0.0, ""
    for sign in f"{days}{times}":
        if sign.isdigit():
            digits += sign
        else:
            total += int(digits or 0) * {"D": 86400, "H": 3600, "M": 60}.get(sign, 0)
            digits = ""
    return total

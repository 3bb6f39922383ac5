"""The definition of a funnel as plain Python: every chain of events is tried. Independent of the macro, and slow; for small users."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, permutations, product


@dataclass(frozen=True)
class Event:
    """An event at a whole second, the steps (from 0) that it can serve, and whether it is the excluded one."""

    ts: int
    steps: frozenset[int]
    is_excluded: bool = False


@dataclass(frozen=True)
class Funnel:
    """What is asked; an exclusion is (after, before), steps from 0."""

    steps: int
    window: int
    mode: str = "ordered"
    exclusions: Sequence[tuple[int, int]] = field(default=())
    scope: str = "chain"


def answer(events: Sequence[Event], funnel: Funnel) -> tuple[int, tuple[int, ...]] | None:
    """Level and times of the chain that decides: the longest, then the one that starts last, then each step as early as it can be.

    None where nobody entered, or where an exclusion discards the unit.
    """
    chains = list(
        _any_order(events, funnel) if funnel.mode == "any_order" else _strict(events, funnel) if funnel.mode == "strict" else _ordered(events, funnel)
    )
    if funnel.scope == "chain":
        chains = [chain for chain in chains if not _is_hit(chain, events, funnel)]
    if not chains:
        return None
    longest = max(map(len, chains))
    latest = max(chain[0] for chain in chains if len(chain) == longest)
    best = min(chain for chain in chains if len(chain) == longest and chain[0] == latest)
    if funnel.scope == "actor" and _is_hit(best, events, funnel, is_open=True):
        return None
    return longest, best


def _is_hit(chain: tuple[int, ...], events: Sequence[Event], funnel: Funnel, is_open: bool = False) -> bool:
    alarms = [event.ts for event in events if event.is_excluded]
    for after, before in funnel.exclusions:
        for step in range(after, min(before, len(chain) - 1)):
            if any(chain[step] < alarm < chain[step + 1] for alarm in alarms):
                return True
        if is_open and after <= len(chain) - 1 < before and any(chain[-1] < alarm <= chain[0] + funnel.window for alarm in alarms):
            return True
    return False


def _ordered(events: Sequence[Event], funnel: Funnel) -> Iterator[tuple[int, ...]]:
    def grow(used: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        times = tuple(events[index].ts for index in used)
        if times:
            yield times
        if len(used) < funnel.steps:
            for index, event in enumerate(events):
                fits = not used or (times[-1] <= event.ts <= times[0] + funnel.window)
                if fits and index not in used and len(used) in event.steps:
                    yield from grow((*used, index))

    yield from grow(())


def _strict(events: Sequence[Event], funnel: Funnel) -> Iterator[tuple[int, ...]]:
    ties = [list(tie) for _, tie in groupby(sorted(events, key=lambda event: event.ts), key=lambda event: event.ts)]
    for order in product(*(permutations(tie) for tie in ties)):
        line = [event for tie in order for event in tie]
        for start in range(len(line)):
            for length in range(1, funnel.steps + 1):
                run = line[start : start + length]
                if len(run) < length or length - 1 not in run[-1].steps or run[-1].ts > run[0].ts + funnel.window:
                    break
                yield tuple(event.ts for event in run)


def _any_order(events: Sequence[Event], funnel: Funnel) -> Iterator[tuple[int, ...]]:
    def grow(used: tuple[int, ...], left: frozenset[int]) -> Iterator[tuple[int, ...]]:
        times = tuple(events[index].ts for index in used)
        if times:
            yield times
        for index, event in enumerate(events):
            if index not in used and (not used or times[-1] <= event.ts <= times[0] + funnel.window):
                for step in event.steps & left:
                    yield from grow((*used, index), left - {step})

    yield from grow((), frozenset(range(funnel.steps)))

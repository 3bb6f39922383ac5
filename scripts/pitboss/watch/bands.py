"""Expected bands from history. Medians and trimmed deviations, so that one odd day neither raises an alarm tomorrow nor hides one.

A band is wide where there is little to count (`units` are the independent things behind a number) and where there is little
history. Bands too wide to tell anything are not made.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt
from statistics import median

LEAST = 7
"""Loads of a kind that must have been seen before anything is expected of the next."""
_WIDTH = 4.5
"""Half a band, in robust standard deviations."""
_NORMAL = 1.5
"""Mean of the deviations less the largest tenth -> standard deviation, about, where values are spread normally."""


@dataclass(frozen=True)
class Band:
    """What is expected, and the bounds beyond which it is odd; None where that side has no bound."""

    expected: float
    low: float | None
    high: float | None


def volume_band(history: Sequence[tuple[date, float]], day: date, units: float, least: float = 0.08) -> Band:
    """A count on a day, from counts on earlier days. Weekdays are told apart where that explains more than it costs.

    `least` is the smallest spread believed in, as a share.
    """
    values = [(at, log(value + 1)) for at, value in history]
    level = median(value for _, value in values)
    by_weekday: dict[int, list[float]] = defaultdict(list)
    for at, value in values:
        by_weekday[at.weekday()].append(value)
    usual = {weekday: median(found) for weekday, found in by_weekday.items() if len(found) >= 3}
    plain = [value - level for _, value in values]
    told_apart = [value - usual.get(at.weekday(), level) for at, value in values]
    # the median of three or four values has one of them for its own: what is left looks calmer than it is
    spread, residuals = _spread(plain), plain
    if day.weekday() in usual and 1.6 * _spread(told_apart) < spread:
        spread, residuals, level = 1.6 * _spread(told_apart), told_apart, usual[day.weekday()]
    level += median(residuals[-LEAST:])
    reach = _reach(len(values), spread, least, units)
    return Band(exp(level) - 1, max(0.0, exp(level - reach) - 1), exp(level + reach) - 1)


def rare_band(history: Sequence[tuple[int, int]], total: int) -> Band | None:
    """Share of what should not be, from (count, total) of earlier loads: at most three times what is usual, and room for chance.

    None where even all of it would be within the band.
    """
    shares = sorted(history, key=lambda pair: pair[0] / max(pair[1], 1))
    kept = shares[: len(shares) - len(shares) // 10]
    usual = sum(count for count, _ in kept) / max(sum(of for _, of in kept), 1)
    expected = usual * total
    chance = 4 * sqrt(expected) + 3
    high = min(3 * expected + chance, expected + 0.1 * total + chance) / total
    return Band(usual, None, high) if high < 1 else None


def share_band(history: Sequence[float], units: float) -> Band | None:
    """A part of a mix, from its shares in earlier loads. None where it is too small to be missed with confidence."""
    usual = median(history)
    if usual * units < 12:
        return None
    logs = [log(max(share, 1e-9)) for share in history]
    reach = _reach(len(logs), _spread([value - median(logs) for value in logs]), 0.1, usual * units)
    high = usual * exp(reach)
    return Band(usual, usual * exp(-reach), high if high < 1 else None)


def level_band(history: Sequence[float], units: float, least: float) -> Band:
    """A positive level such as an amount or a lag, from earlier ones."""
    logs = [log(max(value, 1e-6)) for value in history]
    reach = _reach(len(logs), _spread([value - median(logs) for value in logs]), least, units)
    return Band(median(history), exp(median(logs) - reach), exp(median(logs) + reach))


def is_regular(rows: Sequence[int], people: Sequence[float]) -> bool:
    """Whether something came every time, and so that none at all is no chance: from many people, or never few rows, or evenly.

    `people` are those behind the rows: a hundred rows of one player say no more than one.
    """
    if len(rows) < LEAST or min(rows) < 1:
        return False
    is_known_well = len(rows) >= 2 * LEAST
    is_never_few = min(rows) >= 10 and median(people) >= 4
    return (median(people) >= 12 and min(people) >= 3) or (is_known_well and (is_never_few or min(rows) == max(rows)))


def _spread(residuals: Sequence[float]) -> float:
    """Standard deviation, robust. The median deviation would be 0 where five days of seven are alike, and Saturday an alarm."""
    sizes = sorted(abs(value) for value in residuals)
    kept = sizes[: len(sizes) - max(1, len(sizes) // 10)]
    return _NORMAL * sum(kept) / max(len(kept), 1)


def _reach(loads: int, spread: float, least: float, units: float) -> float:
    """Half a band's width. The fewer loads, the less is known of the spread itself."""
    return _WIDTH * (1 + 5 / loads) * max(spread, least, 1 / sqrt(max(units, 1)))

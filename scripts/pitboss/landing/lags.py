"""How late events arrive: exact percentiles over any number of them, in the memory of their distinct values."""

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 1_000_000


class Lags:
    """Lags in milliseconds, received minus happened. Below 0 it is no lag but a wrong clock, and is not taken."""

    def __init__(self) -> None:
        self._waiting: list[NDArray[np.int64]] = []
        self._values = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int64)

    def add(self, lags: NDArray[np.int64]) -> None:
        """Take lags, shape (n,)."""
        self._waiting.append(lags)
        if sum(map(len, self._waiting)) > _AT_ONCE:
            self._count()

    def percentile_s(self, share: float) -> float | None:
        """The smallest lag, in seconds, that so great a share of the events does not exceed; None without any."""
        self._count()
        if not len(self._values):
            return None
        reached = np.cumsum(self._counts)
        return float(self._values[np.searchsorted(reached, share * reached[-1])]) / 1000

    def _count(self) -> None:
        values = np.concatenate([self._values, *self._waiting])
        counts = np.concatenate([self._counts, np.ones(len(values) - len(self._values), np.int64)])
        order = np.argsort(values, kind="stable")
        values, counts = values[order], counts[order]
        starts = np.flatnonzero(np.diff(values, prepend=values[0] - 1)) if len(values) else np.empty(0, np.int64)
        self._values = values[starts]
        self._counts = np.add.reduceat(counts, starts) if len(starts) else self._counts
        self._waiting = []

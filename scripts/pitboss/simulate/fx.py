"""What an amount is worth in the reporting currency, as the warehouse says it: by the rate fixed at the source, else by the seed's."""

import csv
from bisect import bisect_right
from datetime import date
from decimal import Decimal
from functools import cache

from pitboss.simulate.clock import DAY, SEEDS, millis
from pitboss.simulate.players import FX_AT_SOURCE

BASE = "EUR"
_SCALE = 1_000_000


@cache
def _seeded() -> dict[str, tuple[list[int], list[int]]]:
    """Currency -> (days since 1970 from which a rate holds, ascending; rates in millionths)."""
    spans: dict[str, tuple[list[int], list[int]]] = {}
    with (SEEDS / "fx_rates.csv").open(encoding="utf-8", newline="") as rows:
        for row in sorted(csv.DictReader(rows), key=lambda row: row["rate_day"]):
            if row["base"] == BASE:
                days, rates = spans.setdefault(row["currency"], ([], []))
                days.append(millis(date.fromisoformat(row["rate_day"])) // DAY)
                rates.append(int(Decimal(row["rate"]) * _SCALE))
    return spans


@cache
def _rate(currency: str, day: int) -> int | None:
    """Millionths of the reporting currency for one unit on a UTC day; None where nobody knows."""
    if currency in FX_AT_SOURCE:
        return int(Decimal(FX_AT_SOURCE[currency]) * _SCALE)
    if currency == BASE:
        return _SCALE
    days, rates = _seeded().get(currency, ([], []))
    at = bisect_right(days, day)
    return rates[at - 1] if at else None


def to_base(units: int, currency: str, ts: int, per: int = 1) -> int | None:
    """Ten-thousandths in the reporting currency, rounded half away from zero; None where no rate is known. So many units make one
    ten-thousandth."""
    rate = _rate(currency, ts // DAY)
    if rate is None:
        return None
    scale = _SCALE * per
    worth = (abs(units) * rate + scale // 2) // scale
    return worth if units >= 0 else -worth

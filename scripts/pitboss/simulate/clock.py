"""Times as whole milliseconds since 1970 (UTC), their text, and the gaming day of a jurisdiction."""

import csv
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

# 1970-01-05, the first Monday: weeks are counted from there, so that a week number is one division away.
FIRST_MONDAY = 4 * DAY

_CLOCK = [f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400)]
_MILLIS = [f".{ms:03d}Z" for ms in range(1_000)]
_EPOCH = date(1970, 1, 1)

SEEDS = Path(__file__).resolve().parents[3] / "seeds"


def millis(day: date) -> int:
    """Midnight UTC of a day, in ms."""
    return (day - _EPOCH).days * DAY


@cache
def _date_prefix(day: int) -> str:
    return f"{_EPOCH + timedelta(days=day)}T"


def stamp(ms: int) -> str:
    """RFC 3339 in UTC with milliseconds: ``2025-09-01T00:00:00.000Z``."""
    day, rest = divmod(ms, DAY)
    second, ms = divmod(rest, SECOND)
    return _date_prefix(day) + _CLOCK[second] + _MILLIS[ms]


def iso_day(day: int) -> str:
    """The date that lies ``day`` days after 1970-01-01, as ISO text."""
    return _date_prefix(day)[:10]


def week_name(week: int) -> str:
    """ISO name of a week counted from ``FIRST_MONDAY``: ``2025-W36``."""
    year, number, _ = (_EPOCH + timedelta(days=4 + 7 * week)).isocalendar()
    return f"{year}-W{number:02d}"


@cache
def jurisdictions() -> dict[str, tuple[ZoneInfo, int]]:
    """Time zone and day start (minutes after local midnight) by jurisdiction, as the seed states them."""
    with (SEEDS / "jurisdictions.csv").open(encoding="utf-8", newline="") as rows:
        return {row["jurisdiction"]: (ZoneInfo(row["time_zone"]), int(row["day_start_minutes"])) for row in csv.DictReader(rows)}


@cache
def _offset(jurisdiction: str, quarter: int) -> int:
    """Local time minus UTC in ms. Zones change their offset on quarter hours only, so that is the cache's key."""
    zone = jurisdictions()[jurisdiction][0]
    delta = datetime.fromtimestamp(quarter * 900, UTC).astimezone(zone).utcoffset()
    assert delta is not None
    return int(delta.total_seconds()) * SECOND


def offset(ms: int, jurisdiction: str) -> int:
    """Local time minus UTC in ms at an instant."""
    return _offset(jurisdiction, ms // (15 * MINUTE))


def gaming_day(ms: int, jurisdiction: str) -> int:
    """Days since 1970-01-01 of the gaming day: the local date after the day start has been taken off."""
    return (ms + _offset(jurisdiction, ms // (15 * MINUTE)) - jurisdictions()[jurisdiction][1] * MINUTE) // DAY

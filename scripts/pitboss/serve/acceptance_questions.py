"""Kinds of neutral cases: the macro call that answers each, and how its rows are written the way the cases expect them."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any

import msgspec

Row = tuple[Any, ...]
Parameters = dict[str, Any]
Answer = dict[str, Any]


def funnel_call(params: Parameters) -> str:
    """How far each actor came. Steps and exclusions are {event, props}; from_step and to_step count from 0."""
    steps = [condition(step) for step in params["steps"]]
    exclusions = [
        {"condition": condition(exclusion), "after": exclusion.get("from_step", 0) + 1, "before": exclusion.get("to_step", len(steps) - 1) + 1}
        for exclusion in params.get("exclusions", [])
    ]
    mode = {"ordered": "ordered", "strict": "strict", "unordered": "any_order", "any_order": "any_order"}[params.get("order", "ordered")]
    scope = {"discard_actor": "actor", "discard_chain": "chain"}[params.get("exclusion_semantics", "discard_chain")]
    period = f", period='{params['grain']}'" if "grain" in params else ""
    window = params.get("window_seconds")
    return f"{{{{ funnel('events', {steps!r}, {window!r}, mode='{mode}', exclusions={exclusions!r}, exclusion_scope='{scope}'{period}) }}}}"


def funnel_answer(params: Parameters, rows: Sequence[Row]) -> Answer:
    """Rows of (actor, level, times): counts and actors that reached each step, and seconds from each step to the next."""
    count = len(params["steps"])
    reached = {step: sorted(row[0] for row in rows if row[1] >= step) for step in range(1, count + 1)}
    seconds = {step: [(row[step + 1] - row[step]).total_seconds() for row in rows if row[1] >= step] for step in range(2, count + 1)}
    return {
        "step_counts": [len(actors) for actors in reached.values()],
        "actors": {str(step): actors for step, actors in reached.items()},
        "avg_step_seconds": [None, *(mean(values) if values else None for values in seconds.values())],
        "median_step_seconds": [None, *(median(values) if values else None for values in seconds.values())],
        "level_by_actor": {row[0]: row[1] for row in rows},
    }


def trend_answer(params: Parameters, rows: Sequence[Row]) -> Answer:
    """Rows of (actor, period, level, times): actors that entered and that converted, per period of their first step."""
    entered = Counter(row[1] for row in rows)
    converted = Counter(row[1] for row in rows if row[2] == len(params["steps"]))
    periods = _periods(params)
    return {"entered": [entered[period] for period in periods], "converted": [converted[period] for period in periods]}


def retention_call(params: Parameters) -> str:
    """Cohorts and who came back. `brackets` ([first, last] periods) may stand in place of `intervals`."""
    starts, returns = condition(params, "target"), condition(params, "returning")
    offsets = params.get("brackets") or list(range(params["intervals"]))
    return f"{{{{ retention('events', {starts!r}, {returns!r}, grain='{params['grain']}', offsets={offsets!r}, mode='{params['mode']}') }}}}"


def retention_answer(params: Parameters, rows: Sequence[Row]) -> Answer:
    """Rows of `retention`: one list a cohort. Its period 0 is its size, since it counts the event that begins it."""
    measure = 6 if params.get("measure") == "on_or_after" else 5
    found = {(row[0], row[2]): row[measure] for row in rows}
    sizes = {row[0]: row[4] for row in rows}
    if "brackets" in params:
        return {"brackets": {str(cohort): [sizes[cohort], *(found[cohort, first] for first, _ in params["brackets"])] for cohort in sorted(sizes)}}
    count, cohorts = params["intervals"], _periods(params)
    return {"matrix": [[sizes.get(cohort, 0), *(found.get((cohort, n), 0) for n in range(1, count - i))] for i, cohort in enumerate(cohorts)]}


def classic_call(params: Parameters) -> str:
    """Day-N retention of those who were active on one date."""
    return f"{{{{ retention('events', 'true', 'true', offsets={params['offsets']!r}, mode='recurring') }}}}"


def classic_answer(params: Parameters, rows: Sequence[Row]) -> Answer:
    """How many of that date's actors were active on each later day."""
    found = {row[2]: row[5] for row in rows if row[0] == date.fromisoformat(params["cohort_date"])}
    return {"counts": [found.get(offset, 0) for offset in params["offsets"]]}


def lifecycle_call(params: Parameters) -> str:
    """What became of actors from period to period."""
    last = f"date '{params['date_to']}'"
    return f"{{{{ lifecycle('events', day='ts', grain='{params['grain']}', condition={condition(params)!r}, last_day={last!r}) }}}}"


def lifecycle_answer(params: Parameters, rows: Sequence[Row]) -> Answer:
    """One list a state; the dormant are negative."""
    found = {row[0]: row[1:] for row in rows}
    columns = list(zip(*(found.get(period, (0, 0, 0, 0)) for period in _periods(params)), strict=True))
    return {**dict(zip(("new", "returning", "resurrecting"), map(list, columns), strict=False)), "dormant": [-value for value in columns[3]]}


def stickiness_call(params: Parameters) -> str:
    """On how many periods actors were active."""
    first, last = (f"date '{params[name]}'" for name in ("date_from", "date_to"))
    span = f"first_day={first!r}, last_day={last!r}"
    return f"{{{{ stickiness_distribution('events', day='ts', grain='{params['grain']}', {span}, condition={condition(params)!r}) }}}}"


def stickiness_answer(_params: Parameters, rows: Sequence[Row]) -> Answer:
    """The distribution, and all actors of it."""
    return {"actors": sum(row[1] for row in rows), "histogram": {str(row[0]): row[1] for row in rows}}


def conversion_call(params: Parameters) -> str:
    """Base events and the conversions that belong to them."""
    days = params.get("window_days")
    window = None if days is None else days * 86400
    return f"{{{{ conversion('events', {condition(params, 'base')!r}, {condition(params, 'conversion')!r}, window_s={window!r}) }}}}"


def conversion_answer(_params: Parameters, rows: Sequence[Row]) -> Answer:
    """Conversions and base events per day of the base event."""
    found: dict[str, list[int]] = {}
    for _, base_at, bases, conversions, _ in sorted(rows, key=lambda row: row[1]):
        day = found.setdefault(str(base_at.date()), [0, 0])
        day[0], day[1] = day[0] + conversions, day[1] + bases
    return {"conversions_and_visits": found}


KINDS: dict[str, tuple[Callable[[Parameters], str], Callable[[Parameters, Sequence[Row]], Answer]]] = {
    "funnel": (funnel_call, funnel_answer),
    "window_funnel": (funnel_call, funnel_answer),
    "funnel_trend": (funnel_call, trend_answer),
    "retention": (retention_call, retention_answer),
    "classic_retention": (classic_call, classic_answer),
    "lifecycle": (lifecycle_call, lifecycle_answer),
    "stickiness": (stickiness_call, stickiness_answer),
    "conversion": (conversion_call, conversion_answer),
}


def condition(asked: Parameters, name: str = "event") -> str:
    """SQL of an event name and the properties it must have: `props` of a step, `filter` of a whole question."""
    terms = [f"event = {_text(asked[name])}"] if asked.get(name) is not None else []
    for key, value in {**asked.get("props", {}), **asked.get("filter", {})}.items():
        values = value if isinstance(value, list) else [value]
        terms.append(f"props[{_text(key)}] in ({', '.join(_text(as_property(value)) for value in values)})")
    return " and ".join(terms) or "true"


def as_property(value: Any) -> str:
    """A property as it is stored and compared: its JSON."""
    return msgspec.json.encode(value, order="sorted").decode()


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _periods(params: Parameters) -> list[date]:
    """Starts of the periods that a question asks for: `intervals` from `start`, or date_from to date_to. Of hours they are timestamps."""
    grain = params["grain"]
    period = _first(_moment(params.get("start") or params["date_from"]), grain)
    periods = [period]
    while len(periods) < params["intervals"] if "intervals" in params else _next(periods[-1], grain) <= _first(_moment(params["date_to"]), grain):
        periods.append(_next(periods[-1], grain))
    return periods


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def _first(moment: datetime, grain: str) -> date:
    if grain == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    back = {"day": 0, "week": moment.weekday(), "week_sunday": (moment.weekday() + 1) % 7, "month": moment.day - 1}[grain]
    return moment.date() - timedelta(days=back)


def _next(period: date, grain: str) -> date:
    if grain == "month":
        return (period + timedelta(days=32)).replace(day=1)
    return period + {"hour": timedelta(hours=1), "day": timedelta(days=1)}.get(grain, timedelta(days=7))

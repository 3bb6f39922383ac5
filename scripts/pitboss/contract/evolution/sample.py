"""Events to try two states of a contract with: good examples, and one field at a time at every edge that either state draws.

Whether a sample is valid is not decided here. Both gates see all of them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pitboss.contract.evolution.edges import candidates
from pitboss.contract.model import Column, Contract, Contracts

Json = dict[str, Any]
OWN_ID = "sample-"


@dataclass(frozen=True)
class Sample:
    """One event. `pointer` is the field that it is about, empty for a whole event; `is_example` where a contract gives it as a good one."""

    event: str
    body: Json
    pointer: str = ""
    is_example: bool = False

    def line(self, number: int) -> str:
        """The event as one line of JSON with ids that end on its number, except where it is about an id."""
        body = dict(self.body)
        for key in ("eventId", "traceId"):
            if self.pointer != f"/{key}":
                body[key] = f"{OWN_ID}{number:06d}"
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def samples(old: Contracts, new: Contracts, event: str, places: Iterable[tuple[str, ...]] | None = None) -> list[Sample]:
    """Samples of an event that both states have. `places` limits what is varied to these paths; all of them where left out."""
    before = {column.path: column for column in old.columns(event) if column.path}
    after = {column.path: column for column in new.columns(event) if column.path}
    examples = [json.loads(line) for contract in (old.events[event], new.events[event]) for line in contract.good]
    found = [Sample(event, body, is_example=True) for body in examples]
    bases = list({json.dumps(base, sort_keys=True): (base, is_whole) for base, is_whole in _bases(examples, before, after)}.values())
    found += [Sample(event, base) for base, _ in bases]
    for path in dict.fromkeys((*before, *after)) if places is None else places:
        values = candidates(before.get(path), after.get(path))
        for base in (base for base, is_whole in bases if is_whole or len(path) > 1):
            found += [Sample(event, body, "".join(f"/{part}" for part in path)) for body in _variations(base, path, values)]
    for base, _ in bases:
        found += _as_somebody(event, base)
        found += [Sample(event, {**base, "event": alias}, "/event") for alias in _names(old.events[event], new.events[event])]
    return list({_identity(sample): sample for sample in reversed(found)}.values())[::-1]


def _identity(sample: Sample) -> str:
    """What makes a sample another one. Two with one id would be a conflict, so an id is tried once."""
    if sample.pointer == "/eventId" and sample.body.get("eventId") is not None:
        return json.dumps(sample.body["eventId"])
    return sample.pointer * (sample.pointer in ("/eventId", "/traceId")) + json.dumps(sample.body, sort_keys=True)


def _bases(examples: list[Json], before: dict[tuple[str, ...], Column], after: dict[tuple[str, ...], Column]) -> Iterator[tuple[Json, bool]]:
    """Events with every field (true), and with none that may be left out (false); once as the old state has it, once as the new one has it."""
    for first, second in ((before, after), (after, before)):
        example = max(examples or [{}], key=lambda body: len(json.dumps(body)))
        whole: Json = {}
        for path, column in {**{p: c for p, c in second.items() if p not in first}, **first}.items():
            mine = _get(example, path)
            _put(whole, path, candidates(column)[0] if mine is None or not _suits(mine, column) else mine)
        whole = {"event": example.get("event", ""), **{key: value for key, value in example.items() if key not in whole}, **whole}
        yield whole, True
        least = _copy(whole)
        for path in (*before, *after):
            needs = [columns[path].need for columns in (before, after) if path in columns]
            if "error" not in needs and "warn" not in needs and path != ("playerId",):
                _drop(least, path)
        yield least, False


def _variations(base: Json, path: tuple[str, ...], values: list[Any]) -> Iterator[Json]:
    for depth in range(len(path)):
        body = _copy(base)
        if _drop(body, path[: depth + 1]):
            yield body
    for value in (*values, None):
        body = _copy(base)
        _put(body, path, value)
        yield body
    if len(path) > 1:  # alone in its object
        body = _copy(base)
        _drop(body, path[:-1])
        _put(body, path, values[0] if values else None)
        yield body


def _as_somebody(event: str, base: Json) -> Iterator[Sample]:
    """The event of a player, of a visitor, of both and of nobody."""
    nobody = {key: value for key, value in base.items() if key not in ("playerId", "anonymousId")}
    yield Sample(event, {**nobody, "playerId": "p_1"}, "/playerId")
    yield Sample(event, {**nobody, "anonymousId": "an_1"}, "/playerId")
    yield Sample(event, {**nobody, "playerId": "p_1", "anonymousId": "an_1"}, "/playerId")
    yield Sample(event, nobody, "/playerId")


def _names(old: Contract, new: Contract) -> list[str]:
    return sorted({*old.aliases, *new.aliases})


def _suits(value: Any, column: Column) -> bool:
    """Whether an example's value is of the kind that the column is sent as."""
    kind = column.data_type
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("bigint", "double"):
        return isinstance(value, int if kind == "bigint" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, list) if kind.endswith("[]") else isinstance(value, str)


def _get(body: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        if not isinstance(body, dict):
            return None
        body = body.get(part)
    return body


def _copy(body: Json) -> Json:
    """The same objects anew; lists are shared, because nothing changes them."""
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in body.items()}


def _put(body: Json, path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        if not isinstance(body.get(part), dict):
            body[part] = {}
        body = body[part]
    body[path[-1]] = value


def _drop(body: Json, path: tuple[str, ...]) -> bool:
    """Take a field away, and the objects that it leaves empty; whether there was one."""
    if path[0] not in body:
        return False
    if len(path) == 1:
        del body[path[0]]
        return True
    inner = body[path[0]]
    is_there = isinstance(inner, dict) and _drop(inner, path[1:])
    if is_there and not inner:
        del body[path[0]]
    return is_there

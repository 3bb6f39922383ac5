"""The gate: is this line an event that a contract knows, and if not, why."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec

from pitboss.contract.model import Column, Contracts
from pitboss.contract.structs import decoder, gate_types, struct_fields, tree

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding a line can raise. Anything else is a defect of ours."""
DEEPEST = 500
"""Levels that a field which no contract knows may nest. Without a limit of ours the depth of Python's stack would decide."""
_CONTROL = re.compile(rb"\\(?:u00[01]|u007[fF]|[bfnrt])")


class Refusal(NamedTuple):
    """Why a line is quarantined. `day` is the line's own, where it can be read."""

    event: str
    day: date | None
    reason: str
    pointer: str
    detail: str


class Extra(NamedTuple):
    """A field that no contract knows: its JSON pointer and its bytes."""

    pointer: str
    value: bytes


class _TooDeep(ValueError):
    """A field nests deeper than DEEPEST."""


def may_hold_controls(text: bytes) -> bool:
    """Whether a string in good JSON lines may hold a control character. Never wrong where it says no; an escaped backslash can make it say yes."""
    return b"\x7f" in text or (b"\\" in text and _CONTROL.search(text) is not None)


class Gate:
    """Decides line by line with msgspec; the decoded objects are thrown away, the raw line goes on."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self.types = gate_types(contracts, forbid_unknown=True)
        self.decode = decoder(self.types).decode
        """Decodes a line with no unknown field into one of `types`; raises one of UNREADABLE else."""
        self._lenient_types = gate_types(contracts, forbid_unknown=False)
        self._lenient = decoder(self._lenient_types)
        self._trees = {event: tree(contracts.columns(event)) for event in contracts.events}
        self._shapes = {event: {"event": None, **_shape(fields)} for event, fields in self._trees.items()}
        self._money = {event: _money_pointers(contracts.columns(event)) for event in contracts.events}
        self._names = {name: event for event, c in contracts.events.items() for name in (event, *c.aliases)}

    def reconsider(self, line: bytes, error: Exception) -> tuple[str, list[Extra]] | Refusal:
        """A line that `decode` refused: the event and its unknown fields where those were all that was wrong, else why."""
        if isinstance(error, msgspec.ValidationError) and "unknown field" in str(error):
            try:
                event = self._lenient_types[self._lenient.decode(line).__class__]
                return event, list(_extras(line, self._shapes[event], ""))
            except (*UNREADABLE, _TooDeep) as second:
                error = second
        return self._refusal(line, error)

    def pairs_refusal(self, event: str, line: bytes) -> tuple[str, str] | None:
        """Reason and pointer where a line's text is not what strict JSON allows a contract field to be: a key twice, broken UTF-8."""
        try:
            text = line.decode()
        except UnicodeDecodeError:
            return "invalid_utf8", ""
        _Pairs.has_twice = False
        try:
            pairs = _pairs_of(text)
        except (ValueError, RecursionError):
            return None  # stricter than the gate in corners of its own: DuckDB has the word
        if not _Pairs.has_twice:
            return None
        twice = _twice(pairs, {"event": None, **self._trees[event]}, "")
        return ("duplicate_key", twice) if twice else None

    def _refusal(self, line: bytes, error: Exception) -> Refusal:
        event, day = self._place(line)
        said = str(error)
        text, _, path = said.rpartition(" - at `$")
        if not text:
            text, path = said, ""
        if "[" in path:
            path = _INDEX.sub(lambda found: "/" + (found[1] if found[1] != "..." else "-"), path)
        pointer = path.rstrip("`").replace(".", "/")
        is_missing = text.startswith(_MISSING)
        if is_missing:
            pointer = f"{pointer}/{text[len(_MISSING) :].rstrip('`')}"
        reason = self._reason(error, text, pointer, event, is_missing)
        if reason == "unknown_event" and line.count(b'"event"') > 1:  # the decoder says of a second, other event that it is unknown
            twice = self.pairs_refusal(event, line) if event in self._trees else None
            if twice:
                return Refusal(event, day, *twice, "")
        return Refusal(event, day, reason, pointer, text[:200])

    def _reason(self, error: Exception, text: str, pointer: str, event: str, is_missing: bool) -> str:
        if isinstance(error, UnicodeDecodeError):
            return "invalid_utf8"
        if not isinstance(error, msgspec.ValidationError):
            return "malformed_json"
        if pointer == "":
            return "not_an_object"
        if pointer == "/event":
            return "unknown_event"
        if pointer == "/ts":
            return "bad_timestamp"
        money = self._money.get(event, ())
        if pointer.startswith(tuple(f"{place}/" for place in money)):
            return "bad_money"
        if is_missing or text.endswith("got `null`"):
            return "missing_required"
        if pointer in money:
            return "bad_money"
        return "bad_value" if "Expected `int` " in text or text == "Number out of range" else "bad_type"

    def _place(self, line: bytes) -> tuple[str, date | None]:
        try:
            found = _place(line)
        except UNREADABLE:
            return "unknown", None
        return self._names.get(str(found.event), "unknown"), _day(found.ts)


class _Place(msgspec.Struct):
    """What is read of a line that was refused."""

    event: Any = None
    ts: Any = None


_place = msgspec.json.Decoder(_Place).decode
_INDEX = re.compile(r"\[(\d+|\.\.\.)\]")
_MISSING = "Object missing required field `"


def _money_pointers(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Pointers of the objects and strings that are money: a money object, a list of amounts, a bare decimal string."""
    pointers = set()
    for column in columns:
        if column.is_decimal and column.name != "fx_rate":
            pointers.add(column.pointer)
            if len(column.path) > 1 and column.path[-1] == "amount":
                pointers.add("".join(f"/{part}" for part in column.path[:-1]))
        elif "decimal" in column.data_type:
            pointers.add(column.pointer)
    return tuple(pointers)


def _day(ts: Any) -> date | None:
    try:
        return datetime.fromisoformat(ts).astimezone(UTC).date() if isinstance(ts, str) and len(ts) > 19 else None
    except (ValueError, OverflowError):
        return None


class _Key:
    """A key of a JSON object. Two of the same name are two keys, so none is lost in a dictionary."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_pairs = msgspec.json.Decoder(dict[_Key, msgspec.Raw], dec_hook=lambda kind, name: kind(name)).decode
_items = msgspec.json.Decoder(list[msgspec.Raw] | None).decode
_FEW = 20


def _members(value: bytes, known: Mapping[str, Any]) -> Iterable[tuple[str, msgspec.Raw]]:
    """Names and values of an object, also those of an unknown name that comes twice. Looking for these costs more than all the rest."""
    fields = _fields(value)
    unknown = [name for name in fields if name not in known]
    # each is looked for in all of the object: where there are many, that costs more than reading it as pairs
    if b"\\" in value or len(unknown) > _FEW or any(value.count(f'"{name}"'.encode()) > 1 for name in unknown):
        return ((key.name, raw) for key, raw in _pairs(value).items())
    return fields.items()


class _Items(dict[str, None]):
    """Fields of the objects of a list."""


def _shape(node: Mapping[str, Any]) -> dict[str, Any]:
    """Known names of an object: an object's own names, `_Items` of a list of objects, None for all else."""
    shape: dict[str, Any] = {}
    for name, child in node.items():
        if isinstance(child, dict):
            shape[name] = _shape(child)
        else:
            fields = struct_fields(child.data_type)
            shape[name] = _Items.fromkeys(fields) if fields else None
    return shape


def _extras(value: bytes, known: Mapping[str, Any], at: str) -> Iterator[Extra]:
    for name, raw in _members(value, known):
        if name not in known:
            inner = bytes(raw)
            if inner.count(b"[") + inner.count(b"{") > DEEPEST and _depth(inner) > DEEPEST:
                raise _TooDeep(f"nested deeper than {DEEPEST} levels")
            yield Extra(_pointer(at, name), inner)
            continue
        node = known[name]
        if node is None:
            continue
        if isinstance(node, _Items):
            for at_item, item in enumerate(_items(raw) or ()):
                yield from _extras(bytes(item), node, f"{_pointer(at, name)}/{at_item}")
        elif (inner := bytes(raw)).startswith(b"{"):
            yield from _extras(inner, node, _pointer(at, name))


def _pointer(at: str, name: str) -> str:
    return f"{at}/{name.replace('~', '~0').replace('/', '~1')}"


def _depth(value: bytes) -> int:
    """Levels of arrays and objects in good JSON."""
    deepest = depth = 0
    for mark in _MARKS.findall(value):
        depth += 1 if mark in b"[{" else -1 if mark in b"]}" else 0
        deepest = max(deepest, depth)
    return deepest


_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its keys as they came, twice where they came twice."""

    has_twice = False
    """Whether an object made since this was last set to False has a key twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        if len(dict(pairs)) < len(pairs):
            _Pairs.has_twice = True


_pairs_of = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=str, parse_float=str).decode


def _twice(value: Any, known: Any, at: str) -> str | None:
    if isinstance(known, Column) and isinstance(value, list) and not isinstance(value, _Pairs):
        fields = dict.fromkeys(struct_fields(known.data_type) or {})
        return next((found for number, item in enumerate(value) if (found := _twice(item, fields, f"{at}/{number}"))), None)
    if not isinstance(value, _Pairs) or not isinstance(known, dict):
        return None
    seen: set[str] = set()
    for key, inner in value:
        if key in known:
            if key in seen:
                return f"{at}/{key}"
            seen.add(key)
            found = _twice(inner, known[key], f"{at}/{key}")
            if found:
                return found
    return None

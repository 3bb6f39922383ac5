"""The rules of one field: what a difference between its old and its new rule means for those who send it and those who read it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from pitboss.contract.evolution.change import Change, Kind, both
from pitboss.contract.evolution.language import UnknownPattern, only_in
from pitboss.contract.model import Column
from pitboss.contract.structs import struct_fields

Found = tuple[str, Kind, str, str]
"""Rule, kind, what, advice."""
IS_RELEASED = False
"""Whether a version of Pitboss is out. Until then nobody reads published files, so a decimal may gain digits in a minor; afterwards it breaks readers."""
_PRESENCE = {"optional": 0, "warn": 1, "beside": 2, "always": 3}
_SAID = {
    "optional": "optional",
    "warn": "expected (counted where it is missing)",
    "beside": "required where its object is there",
    "always": "required",
}
_BESIDE = "Leave the column as it is and add a second one beside it (a minor); retire this one when nobody reads it."
_LOOSEN_FIRST = "Tell producers, keep the old rule (or `required: warn`, an open list) until none breaks the new one, then tighten."


def presence(column: Column) -> str:
    """How far the field must be there: always, beside (with its object), warn, optional."""
    if column.need == "error":
        return "beside" if column.optional_parent else "always"
    return column.need


def column_changes(event: str, old: Column, new: Column) -> Iterator[Change]:
    """Every difference between two states of one field."""
    rules: tuple[Callable[[Column, Column], Iterator[Found]], ...] = (
        _type,
        _keys,
        _presence,
        _values,
        _bounds,
        _lengths,
        _pattern,
        _privacy,
        _meaning,
        _words,
    )
    for rule in rules:
        for name, kind, what, advice in rule(old, new):
            columns = tuple(dict.fromkeys((old.name, new.name)))
            pointers = tuple(dict.fromkeys(column.pointer for column in (old, new) if column.path))
            yield Change(event, name, kind, what, columns, pointers, advice)


def takes(new: str, old: str) -> bool:
    """Whether a field of type `new` takes every JSON value that one of type `old` takes."""
    if new == old or (new == "double" and old == "bigint"):
        return True
    olds, news = struct_fields(old), struct_fields(new)
    if olds and news:
        return all(name in olds and takes(kind, olds[name]) for name, kind in news.items())
    if olds or news or old.endswith("[]") or new.endswith("[]"):
        return old.endswith("[]") and new.endswith("[]") and not (olds or news) and takes(new[:-2], old[:-2])
    if old.startswith("decimal") and new.startswith("decimal"):
        (before, after) = (Column("", old, ()), Column("", new, ()))
        return after.scale >= before.scale and after.precision - after.scale >= before.precision - before.scale
    return new == "varchar" and (old.startswith("decimal") or old in ("timestamp", "date"))


def _type(old: Column, new: Column) -> Iterator[Found]:
    if old.data_type == new.data_type:
        return
    said = f"type {old.data_type} becomes {new.data_type}"
    if not IS_RELEASED and _decimals(old.data_type) and takes(new.data_type, old.data_type) and _is_wider_only(old.data_type, new.data_type):
        yield "type", "compatible", f"{said}, which takes all that it took", ""
    else:
        yield "type", both(not takes(new.data_type, old.data_type), True), said, _BESIDE


def _decimals(data_type: str) -> list[str]:
    """The decimal types in a type."""
    return re.findall(r"decimal\(\d+,\s*\d+\)", data_type)


def _is_wider_only(old: str, new: str) -> bool:
    """Whether the types differ in nothing but the digits of their decimals."""
    return re.sub(r"decimal\(\d+,\s*\d+\)", "", old) == re.sub(r"decimal\(\d+,\s*\d+\)", "", new)


def _keys(old: Column, new: Column) -> Iterator[Found]:
    gone, come = set(old.aliases) - set(new.aliases), set(new.aliases) - set(old.aliases)
    if gone:
        yield "alias", "producers", f"is no longer taken under {_listed(gone)}", "Keep the name until no producer sends it."
    if come:
        yield "alias", "compatible", f"is also taken under {_listed(come)}", ""


def _presence(old: Column, new: Column) -> Iterator[Found]:
    before, after = presence(old), presence(new)
    if before != after:
        is_stricter = _PRESENCE[after] > _PRESENCE[before]
        kind: Kind = both(is_stricter and _PRESENCE[after] >= 2, not is_stricter and _PRESENCE[before] >= 2)
        advice = _LOOSEN_FIRST if is_stricter else "Readers must expect null from now on."
        yield "required", kind, f"{_SAID[before]} becomes {_SAID[after]}", advice if kind != "compatible" else ""
    elif old.optional_parent != new.optional_parent:
        kind = "compatible" if after == "warn" else "neutral"
        yield "required", kind, f"optional_parent {str(old.optional_parent).lower()} becomes {str(new.optional_parent).lower()}", ""
    elif old.beside != new.beside:
        yield "required", "compatible", f"missed beside {old.beside or 'anything'} becomes {new.beside or 'anything'}", ""


def _values(old: Column, new: Column) -> Iterator[Found]:
    gone, come = _listed(set(old.enum) - set(new.enum)), _listed(set(new.enum) - set(old.enum))
    was_closed, is_closed = bool(old.enum) and old.enum_is_closed, bool(new.enum) and new.enum_is_closed
    if is_closed and not was_closed:
        yield "enum", "producers", f"the list of values closes ({', '.join(new.enum)}): any other value is refused", _LOOSEN_FIRST
    elif was_closed and not is_closed:
        yield "enum", "consumers", "the closed list of values opens: any other value lands", "Readers must book values that they do not know."
    elif was_closed and (gone or come):
        moved = "; ".join(part for part in (f"loses {gone}" if gone else "", f"gains {come}" if come else "") if part)
        advice = "A closed list is closed because readers take the values one by one: they must know a new one first." if come else _LOOSEN_FIRST
        yield "enum", both(bool(gone), bool(come)), f"the closed list of values {moved}", advice
    elif gone or come:
        moved = "; ".join(part for part in (f"loses {gone}" if gone else "", f"gains {come}" if come else "") if part)
        yield "enum", "compatible", f"the open list of values {moved}", ""
    elif old.enum != new.enum:
        yield "enum", "neutral", "the list of values is in another order", ""


def _listed(values: set[str]) -> str:
    return ", ".join(sorted(values))


Bound = tuple[float, bool]
"""A number, and whether it is itself outside."""


def _lowest(column: Column) -> Bound | None:
    bounds: list[Bound] = [(float(column.minimum), False)] if column.minimum is not None else []
    if column.positive:
        bounds.append((0.0, True))
    if column.is_decimal and not column.signed:
        bounds.append((0.0, False))
    return max(bounds, default=None)


def _bounds(old: Column, new: Column) -> Iterator[Found]:
    before, after = _lowest(old), _lowest(new)
    if before != after:
        is_tighter = before is None or (after is not None and after > before)
        if is_tighter:
            yield "minimum", "producers", f"{_above(before)} becomes {_above(after)}", _LOOSEN_FIRST
        elif new.is_decimal and before is not None and before >= (0.0, False) and (after is None or after < (0.0, False)):
            yield "minimum", "consumers", "amounts may be negative from now on", "Readers must know what a negative amount takes back."
        else:
            yield "minimum", "compatible", f"{_above(before)} becomes {_above(after)}", ""
    if old.maximum != new.maximum:
        is_tighter = new.maximum is not None and (old.maximum is None or new.maximum < old.maximum)
        said = [f"at most {bound:g}" if bound is not None else "no maximum" for bound in (old.maximum, new.maximum)]
        yield "maximum", "producers" if is_tighter else "compatible", f"{said[0]} becomes {said[1]}", _LOOSEN_FIRST if is_tighter else ""


def _above(bound: Bound | None) -> str:
    return f"{'above' if bound[1] else 'at least'} {bound[0]:g}" if bound else "no minimum"


def _lengths(old: Column, new: Column) -> Iterator[Found]:
    if (old.min_length or 0) != (new.min_length or 0):
        is_tighter = (new.min_length or 0) > (old.min_length or 0)
        yield (
            "length",
            "producers" if is_tighter else "compatible",
            f"at least {old.min_length or 0} letters becomes {new.min_length or 0}",
            _LOOSEN_FIRST if is_tighter else "",
        )
    if old.max_length != new.max_length:
        is_tighter = new.max_length is not None and (old.max_length is None or new.max_length < old.max_length)
        said = [f"at most {length} letters" if length is not None else "any length" for length in (old.max_length, new.max_length)]
        yield "length", "producers" if is_tighter else "compatible", f"{said[0]} becomes {said[1]}", _LOOSEN_FIRST if is_tighter else ""


def _pattern(old: Column, new: Column) -> Iterator[Found]:
    if old.pattern == new.pattern:
        return
    said = f"pattern {old.pattern or 'none'} becomes {new.pattern or 'none'}"
    try:
        lost = only_in(old.pattern or r"[\s\S]*", new.pattern or r"[\s\S]*")
        won = only_in(new.pattern or r"[\s\S]*", old.pattern or r"[\s\S]*")
    except UnknownPattern:
        yield "pattern", "producers", f"{said}; nobody can tell that it takes all that the old one took", _LOOSEN_FIRST
        return
    if lost is not None:
        yield "pattern", "producers", f"{said}: refuses {lost!r}", _LOOSEN_FIRST
    else:
        yield "pattern", "compatible" if won is not None else "neutral", f"{said}: takes {'more' if won is not None else 'the same'}", ""


def _privacy(old: Column, new: Column) -> Iterator[Found]:
    if old.pii != new.pii:
        advice = "What landed before stays where it is: erase or re-land it." if new.pii else "The value leaves the restricted area: have privacy agree."
        yield "pii", "consumers", f"pii {old.pii or 'none'} becomes {new.pii or 'none'}", advice


def _meaning(old: Column, new: Column) -> Iterator[Found]:
    if old.derived != new.derived:
        yield "derived", "consumers", f"derived {old.derived or 'none'} becomes {new.derived or 'none'}", _BESIDE
    if (old.default, type(old.default)) != (new.default, type(new.default)):
        advice = "Change the staging model with it; rows that landed before read differently too."
        yield "default", "consumers", f"default {_plain(old.default)} becomes {_plain(new.default)}", advice
    if old.unit != new.unit:
        yield "unit", "consumers" if old.unit else "neutral", f"unit {old.unit or 'not said'} becomes {new.unit or 'not said'}", _BESIDE if old.unit else ""


def _words(old: Column, new: Column) -> Iterator[Found]:
    if old.description != new.description:
        yield "description", "neutral", "described in other words", ""
    if old.since != new.since:
        yield "since", "neutral", f"since {old.since} becomes {new.since}", ""
    if old.hint != new.hint:
        yield "hint", "neutral", "says otherwise what to do about a value that is refused", ""


def _plain(value: Any) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

"""Values at the edges that a field's rules draw, on both sides of each."""

import itertools
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pitboss.contract.evolution.language import UnknownPattern, members, only_in
from pitboss.contract.model import Column
from pitboss.contract.structs import struct_fields

_UNKNOWN_VALUE = "a value that no list names"


def candidates(*columns: Column | None) -> list[Any]:
    """JSON values that tell the rules of these columns apart: the edges of each, just beyond them, and what every type begins and ends with."""
    known = [column for column in columns if column is not None]
    found = [value for column in known for value in _of(column)]
    for one, other in itertools.permutations([column.pattern or r"[\s\S]*" for column in known if column.data_type == "varchar"], 2):
        try:
            found.append(only_in(one, other))
        except UnknownPattern:
            found += members(one)
    unique = {json.dumps(value): value for value in found if value is not None}
    return list(unique.values())


def _of(column: Column) -> Iterator[Any]:
    fields = struct_fields(column.data_type)
    if fields:
        kinds = {name: list(_of(Column(name, kind, (), enum=column.enum, signed=column.signed))) for name, kind in fields.items()}
        first = {name: values[0] for name, values in kinds.items()}
        yield [first]
        yield []
        yield from ([{**first, name: value}] for name, values in kinds.items() for value in values[1:])
    elif column.data_type.endswith("[]"):
        yield [next(_of(Column("", column.data_type[:-2], ())))]
        yield []
    elif column.is_decimal:
        yield from (str(value) for value in _decimals(column))
    elif column.data_type in ("bigint", "double"):
        yield from _numbers(column)
    elif column.data_type == "boolean":
        yield from (True, False)
    elif column.data_type == "timestamp":
        yield from ("2025-10-17T12:00:00.123Z", "2025-10-17T14:00:00+02:00")
    elif column.data_type == "date":
        yield from ("1988-05-14", "2000-02-29")
    else:
        yield from _texts(column)


def _numbers(column: Column) -> Iterator[int | float]:
    step = 1 if column.data_type == "bigint" else 0.5
    whole = int if column.data_type == "bigint" else float
    bounds = [whole(bound) for bound in (column.minimum, column.maximum) if bound is not None]
    yield from bounds
    yield from (bound + side * step for bound in bounds for side in (-1, 1))
    yield from (1, 0, -1)
    yield from (2**63 - 1, -(2**63)) if column.data_type == "bigint" else (0.5, -1.5, 1e300)


def _decimals(column: Column) -> Iterator[str]:
    least = Decimal(1).scaleb(-column.scale)
    for bound in (column.minimum, column.maximum):
        if bound is not None:
            yield from (_plain(Decimal(str(bound)) + side * least) for side in (0, -1, 1))
    whole = column.precision - column.scale
    yield from ("1" if not column.scale else "1." + "5"[: column.scale], "0", "-1", _plain(least), _plain(-least), "9" * whole)
    yield "9" * whole + ("." + "9" * column.scale if column.scale else "")


def _plain(value: Decimal) -> str:
    return format(value, "f").rstrip("0").rstrip(".") if value % 1 else format(value.quantize(Decimal(1)), "f")


def _texts(column: Column) -> Iterator[str]:
    if column.path and column.path[-1] == "currency":
        yield from ("EUR", "USDT", "A" * 12)
        return
    yield from column.enum
    if column.pattern:
        yield from members(column.pattern)
    if column.min_length:
        yield "x" * column.min_length
    yield from ("text", _UNKNOWN_VALUE, "", "ünï", "a\u0001b", "7", "7.5", "true", "2025-10-17T12:00:00Z", "1988-05-14")
    for length in (column.min_length, column.max_length):
        if length is not None:
            yield from ("x" * count for count in (length - 1, length, length + 1) if count >= 0)

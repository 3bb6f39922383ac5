"""The second, typed opinion: for an event, how DuckDB parses its lines, what it casts, and which rows it refuses.

Money and times arrive as text and are matched against a pattern before they are cast, because a cast alone is lenient:
DuckDB rounds a ninth decimal, takes an exponent, and drops the offset of a timestamp.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pitboss.contract.arrow import field_id
from pitboss.contract.model import Column, Contracts
from pitboss.contract.structs import Tree, struct_fields, tree

_HOUR = "([01][0-9]|2[0-3])"
TIMESTAMP = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[Tt]{_HOUR}:[0-5][0-9]:[0-5][0-9]([.][0-9]+)?([Zz]|[+-]{_HOUR}:[0-5][0-9])"
_FINER = "[.][0-9]{3}[0-9]*[1-9]"
"""A time with a digit finer than milliseconds that is not 0."""
_MILLISECONDS = len("2025-10-17T14:23:11.482")
IS_CUT, IS_MASKED = "is_truncated", "is_masked"
MARKS = {IS_CUT: "truncated_timestamp", IS_MASKED: "personal_data_masked"}
"""Columns of a parsed line, kept in Parquet where they are ever true: whether a time lost digits, or a text its personal data."""
_YEARS = "between timestamp '1900-01-01' and timestamp '9999-12-30'"
"""An empty clock (year 1) and years that Python and other readers cannot hold are no times."""
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
CURRENCY = r"[A-Z][A-Z0-9]{2,11}"
MOST = 10**12
"""Highest count or measure that anybody believes; macros/landing/read_landing.sql knows it, too. Sums of it stay within 64 bits."""
_CURRENCY_HINT = "a currency is its code in capital letters, such as EUR or BTC"
NO_CONTROLS = r"[^\x00-\x1f\x7f]*"


@dataclass(frozen=True)
class Check:
    """A condition on the parsed line that a landed row must meet; null counts as met."""

    condition: str
    reason: str
    pointer: str
    hint: str = ""


@dataclass(frozen=True)
class Watch:
    """A condition on the typed row under which it lands, but a violation is recorded."""

    condition: str
    reason: str


@dataclass(frozen=True)
class EventSql:
    """Everything that DuckDB is told about one event."""

    json_columns: str
    typed: dict[str, str]
    checks: tuple[Check, ...]
    watches: tuple[Watch, ...]


def event_sql(contracts: Contracts, event: str) -> EventSql:
    """Derive the parse, the casts and the checks of an event from its contract."""
    contract = contracts.events[event]
    columns = contracts.columns(event)
    checks: list[Check] = []
    for column in columns:
        checks.extend(_checks(column, contract.version))
    time = next(column for column in columns if column.name == "ts")
    checks.append(Check(f"{_typed(time)} <= getvariable('latest_ts')", "future_timestamp", "/ts"))
    if contract.identity == "visitor":
        checks.append(Check('line."playerId" is not null or line."anonymousId" is not null', "missing_required", "/playerId"))
    watches = [*(Watch(mark, reason) for mark, reason in MARKS.items()), Watch(_is_negative(columns), "negative_latency")]
    if implausible := _is_implausible(columns):
        watches.append(Watch(implausible, "out_of_range"))
    ends = [f'{quoted(column.name)} < coalesce({quoted(column.begins)}, "ts")' for column in columns if column.begins]
    if ends:
        watches.append(Watch(" or ".join(ends), "ends_before_it_begins"))
    for column in columns:
        if column.name == "event_id":
            watches.append(Watch("starts_with(event_id, 'd_') and length(event_id) = 34", "derived"))
        elif column.need == "warn":
            # a session belongs to somebody: a service event without one lacks nothing
            somebody = " and (player_id is not null or anonymous_id is not null)" if column.name == "session_id" else ""
            together = f" and {quoted(column.beside)} is not null" if column.beside else _beside(column, columns)
            watches.append(Watch(f"{quoted(column.name)} is null{somebody}{together}", f"missing_{column.name}"))
        if column.enum and not column.enum_is_closed:
            watches.append(Watch(f"{quoted(column.name)} not in {_literals(column.enum)}", "unknown_value"))
    return EventSql(
        json_columns="{'event': 'VARCHAR', " + ", ".join(f"{literal(k)}: {literal(_json_type(v))}" for k, v in tree(columns).items()) + "}",
        typed={column.name: _typed(column) for column in columns} | {IS_CUT: _is_cut(columns), IS_MASKED: "false"},
        checks=tuple(checks),
        watches=tuple(watches),
    )


def read_parts(columns: Mapping[str, str], paths: Sequence[Path]) -> str:
    """SQL that reads columns (name to type) of our Parquet by field id; one that a file does not have yet is null."""
    schema = ", ".join(f"{field_id(name)}: {{name: {literal(name)}, type: {literal(kind)}, default_value: null}}" for name, kind in columns.items())
    return f"read_parquet({file_list(paths)}, schema = map {{{schema}}})"


def file_list(paths: Iterable[Path]) -> str:
    """A SQL list of files."""
    return f"[{', '.join(literal(str(path)) for path in paths)}]"


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _beside(column: Column, columns: Sequence[Column]) -> str:
    """Condition that the optional object of a field was sent: something else in it is there."""
    if not column.optional_parent:
        return ""
    others = [c for c in columns if c.path[:-1] == column.path[:-1] and c.name != column.name]
    return f" and ({' or '.join(f'{quoted(c.name)} is not null' for c in others) or 'false'})"


def _literals(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(value) for value in values) + ")"


def _json_type(node: "Column | Tree") -> str:
    if isinstance(node, dict):
        return "STRUCT(" + ", ".join(f"{quoted(key)} {_json_type(child)}" for key, child in node.items()) + ")"
    return _text_type(node.data_type)


def _text_type(data_type: str) -> str:
    fields = struct_fields(data_type)
    if fields:
        return "STRUCT(" + ", ".join(f"{quoted(name)} {_text_type(kind)}" for name, kind in fields.items()) + ")[]"
    if data_type.startswith(("decimal", "timestamp", "date")):
        return "VARCHAR"
    return data_type.upper()


def _raw(column: Column) -> str:
    places = [".".join(quoted(part) for part in ("line", *path)) for path in column.paths]
    return places[0] if len(places) == 1 else f"coalesce({', '.join(places)})"


def _is_cut(columns: Sequence[Column]) -> str:
    # the length spares those who send milliseconds the search
    times = [_raw(column) for column in columns if column.data_type == "timestamp" and column.path]
    return "coalesce(" + " or ".join(f"(length({raw}) > {_MILLISECONDS + 1} and regexp_matches({raw}, {literal(_FINER)}))" for raw in times) + ", false)"


def _is_negative(columns: Sequence[Column]) -> str:
    """Whether an event was received before it happened, or says that something took less than no time."""
    return " or ".join(['"received_ts" < "ts"', *(f"{quoted(column.name)} < 0" for column in columns if _is_span(column))])


def _is_implausible(columns: Sequence[Column]) -> str:
    """Whether a count or a measure is what none can be. A span below zero has a word of its own."""
    guessed = [column for column in columns if column.is_guessed]
    return " or ".join(f"{quoted(column.name)} > {MOST}" + ("" if _is_span(column) else f" or {quoted(column.name)} < 0") for column in guessed)


def _is_span(column: Column) -> bool:
    return column.unit in ("ms", "s") and column.data_type in ("bigint", "double")


def _typed(column: Column) -> str:
    raw = _raw(column) if column.path else ""
    fields = struct_fields(column.data_type)
    if column.derived == "age_band":
        return _AGE_BAND
    if column.is_decimal or column.data_type == "date":
        return f"try_cast({raw} as {column.data_type})"
    if column.data_type == "timestamp":
        return _moment(raw)
    if fields:
        members = ", ".join(
            f"{literal(name)}: " + (f"try_cast(item.{quoted(name)} as {kind})" if kind.startswith("decimal") else f"item.{quoted(name)}")
            for name, kind in fields.items()
        )
        return f"list_transform({raw}, lambda item: {{{members}}})"
    return raw


def _moment(raw: str) -> str:
    # Digits finer than milliseconds are cut: DuckDB would round the seventh. The plain cast is four times as fast as the other, and
    # right only where there is no offset to lose.
    plain = f"case when right({raw}, 1) = 'Z' then try_cast(left({raw}, {_MILLISECONDS}) as timestamp) end"
    cut = f"regexp_replace({raw}, '([.][0-9]{{3}})[0-9]+', '\\1')"
    return f"coalesce({plain}, try_cast(upper({cut}) as timestamptz) at time zone 'UTC')"


_AGE_BAND = """case
    when line."birthDate" is null then null
    when years < 18 then 'under_18' when years < 25 then '18_24' when years < 35 then '25_34'
    when years < 45 then '35_44' when years < 55 then '45_54' else '55_plus' end""".replace(
    "years", f"date_part('year', age(date_trunc('day', {_moment('line.ts')}), try_cast(line.\"birthDate\" as timestamp)))"
)


def decimal_pattern(column: Column) -> str:
    """Pattern that the text of an amount must match whole: plain notation within the column's digits, a sign only where it may have one."""
    whole = column.precision - column.scale
    sign = "-?" if column.signed else ""
    return f"{sign}(0|[1-9][0-9]{{0,{whole - 1}}})([.][0-9]{{1,{column.scale}}})?"


def _matches(raw: str, pattern: str) -> str:
    return f"regexp_full_match({raw}, {literal(pattern)})"


def _checks(column: Column, version: str) -> list[Check]:
    checks: list[Check] = []
    if not column.path:
        return checks
    raw, typed, pointer = _raw(column), _typed(column), column.pointer
    if column.aliases:
        sent = [_raw(replace(column, path=path, aliases=())) for path in column.paths]
        if column.need == "error" and not column.optional_parent:
            checks.append(Check(f"{raw} is not null", "missing_required", pointer))
        checks.extend(
            Check(f"{one} is null or {one} is not distinct from {raw}", "duplicate_key", f"{pointer.rpartition('/')[0]}/{path[-1]}")
            for one, path in zip(sent[1:], column.paths[1:], strict=True)
        )
    if column.is_decimal:
        checks.append(Check(_matches(raw, decimal_pattern(column)), "bad_money", pointer, column.hint))
    elif column.data_type == "timestamp":
        checks.append(Check(f"{raw} is null or ({_matches(raw, TIMESTAMP)} and coalesce({typed} {_YEARS}, false))", "bad_timestamp", pointer))
    elif column.data_type == "date":
        checks.append(Check(f"{raw} is null or ({_matches(raw, DATE)} and {typed} is not null)", "bad_value", pointer))
    elif column.path[-1] == "currency":
        checks.append(Check(_matches(raw, CURRENCY), "bad_money", pointer, _CURRENCY_HINT))
    for name_in, kind in (struct_fields(column.data_type) or {}).items():
        if kind.startswith("decimal"):
            part = Column(name_in, kind, (), signed=column.signed)
            inner = _matches(f"item.{quoted(name_in)}", decimal_pattern(part))
            checks.append(Check(f"len(list_filter({raw}, lambda item: not {inner})) = 0", "bad_money", pointer))
        elif column.enum and column.enum_is_closed and kind == "varchar":
            inner = f"item.{quoted(name_in)} in {_literals(column.enum)}"
            checks.append(Check(f"len(list_filter({raw}, lambda item: not {inner})) = 0", "bad_value", pointer))
    if column.enum and column.enum_is_closed and not struct_fields(column.data_type):
        checks.append(Check(f"{raw} in {_literals(column.enum)}", "bad_value", pointer))
    if column.name == "schema_ver":
        known = re.escape(version.split(".")[0])
        checks.append(Check(f"{_matches(raw, column.pattern or '.*')} and split_part({raw}, '.', 1) = '{known}'", "unknown_schema_version", pointer))
    elif column.pattern:
        checks.append(Check(_matches(raw, column.pattern), "bad_value", pointer))
    elif column.data_type == "varchar" and (column.name.endswith("_id") or column.name in ("brand", "jurisdiction")):
        # readers in C end a text at a NUL, so two ids would become one; the variable spares segments that cannot hold any
        checks.append(Check(f"(getvariable('has_controls') is false or {_matches(raw, NO_CONTROLS)})", "bad_value", pointer))
    bounds = [(column.minimum, ">="), (column.maximum, "<=")] + ([(0, ">")] if column.positive else [])
    checks.extend(Check(f"{typed} {sign} {bound}", "bad_value", pointer) for bound, sign in bounds if bound is not None)
    lengths = [(column.min_length, ">="), (column.max_length, "<=")]
    checks.extend(Check(f"length({raw}) {sign} {bound}", "bad_value", pointer) for bound, sign in lengths if bound is not None)
    return checks

"""Outside cases: each folder goes down the whole road in an empty home, then its checks are put to what was published."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from pitboss.build import OF_DATA, build
from pitboss.errors import PitbossError
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.source import find
from pitboss.serve.audiences import AUDIENCES
from pitboss.serve.publish import publish


class Check(msgspec.Struct):
    """A query on a published file, which is named by its schema, and the rows that it must give."""

    name: str
    query: str
    equals: list[list[Any]]
    tolerance: float | None = None
    database: str = "marts"


@dataclass(frozen=True)
class Verdict:
    """Outcome of one check; `detail` says what differs."""

    case: str
    name: str
    is_passed: bool
    detail: str = ""


def run_case(folder: Path, home: Home, say: Callable[[str], None]) -> Iterator[Verdict]:
    """Land, build and publish a case in a home that is emptied first, and run its checks.json.

    Raises:
        PitbossError: the folder is no case, or the road broke.
    """
    checks = read_checks(folder)
    _empty(home)
    say(f"{folder.name}: land, build, publish")
    for landed in land(home, find([folder])):
        if landed.error:
            raise landed.error
    build(home, OF_DATA)
    publish(home)
    for check in checks:
        yield _run(folder.name, check, home)


def _empty(home: Home) -> None:
    """Only what dbt knows of the project stays from the case before: it is the same project, and reading it takes ten seconds."""
    parsed = home.target / "partial_parse.msgpack"
    project = parsed.read_bytes() if parsed.exists() else b""
    shutil.rmtree(home.root, ignore_errors=True)
    if project:
        home.target.mkdir(parents=True)
        parsed.write_bytes(project)


def read_checks(folder: Path) -> list[Check]:
    """The checks of a case folder.

    Raises:
        PitbossError: there is no checks.json, or it has another form.
    """
    try:
        return msgspec.json.decode((folder / "checks.json").read_bytes(), type=list[Check])
    except (OSError, msgspec.DecodeError) as error:
        raise PitbossError(f"is not a case ({error})", str(folder), "A case is a folder with event files and a checks.json.") from error


def _run(case: str, check: Check, home: Home) -> Verdict:
    files = {audience.schema: audience.file for audience in AUDIENCES.values()}
    if check.database not in files:
        return Verdict(case, check.name, False, f"no database {check.database}")
    try:
        with duckdb.connect(str(home.published / files[check.database]), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            found = connection.execute(check.query).fetchall()
    except duckdb.Error as error:
        return Verdict(case, check.name, False, str(error).splitlines()[0])
    difference = next(differences(found, check.equals, check.tolerance), "")
    return Verdict(case, check.name, not difference, difference)


def differences(found: Iterable[Iterable[Any]], expected: list[list[Any]], tolerance: float | None) -> Iterator[str]:
    """What differs between rows found and rows expected. Numbers compare exactly as decimals unless a tolerance is given."""
    rows = [list(row) for row in found]
    if len(rows) != len(expected):
        yield f"{len(rows)} rows, expected {len(expected)}"
    for number, (row, wanted) in enumerate(zip(rows, expected, strict=False), start=1):
        if len(row) != len(wanted):
            yield f"row {number}: {len(row)} columns, expected {len(wanted)}"
        for left, right in zip(row, wanted, strict=False):
            if not _is_equal(left, right, tolerance):
                yield f"row {number}: {left}, expected {right}"


def _is_equal(left: Any, right: Any, tolerance: float | None) -> bool:
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return left is right
    one, other = _number(left), _number(right)
    if one is None or other is None:
        return str(left) == str(right)
    return one == other if tolerance is None else abs(one - other) <= Decimal(str(tolerance))


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None

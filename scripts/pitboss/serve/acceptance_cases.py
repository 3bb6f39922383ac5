"""A file of neutral cases: each asks one question of a few events, which the project's metric macros answer on DuckDB."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from pitboss.errors import BuildError, PitbossError
from pitboss.serve.acceptance import Verdict
from pitboss.serve.acceptance_questions import KINDS, as_property
from pitboss.serve.render import render

_FORM = "neutral-funnel-retention/1"


class Event(msgspec.Struct):
    """Who did what when, with properties."""

    actor: str
    event: str
    ts: str
    props: dict[str, Any] = {}


class Case(msgspec.Struct):
    """One question: `identity` says which actors are others, `expected` holds the answers that count."""

    id: str
    kind: str
    events: list[Event]
    params: dict[str, Any]
    expected: dict[str, Any]
    identity: dict[str, str] = {}


class Cases(msgspec.Struct):
    """The file."""

    schema: str
    cases: list[Case]


def run_cases(path: Path) -> Iterator[Verdict]:
    """Ask every case of a file. All macros are rendered by one dbt process, and by one more for each case that a macro refuses.

    Raises:
        PitbossError: the file is of another form, or dbt itself fails.
    """
    cases = read_cases(path)
    calls: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for number, case in enumerate(cases):
        try:
            calls[f"case_{number}"] = KINDS[case.kind][0](case.params)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            wrong[f"case_{number}"] = f"cannot be asked ({type(error).__name__}: {error})"
    rendered = _rendered(calls, wrong)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for number, case in enumerate(cases):
            name = f"case_{number}"
            detail = wrong.get(name) or _differences(case, rendered[name], connection)
            yield Verdict(path.stem, case.id, not detail, detail)


def read_cases(path: Path) -> list[Case]:
    """The cases of a file.

    Raises:
        PitbossError: it cannot be read, or has another form.
    """
    try:
        read = msgspec.json.decode(path.read_bytes(), type=Cases)
    except (OSError, msgspec.DecodeError) as error:
        raise PitbossError(f"is no file of cases ({error})", str(path), f"It is JSON with schema {_FORM} and a list of cases.") from error
    if read.schema != _FORM:
        raise PitbossError(f"has schema {read.schema}", str(path), f"Cases of {_FORM} are understood.")
    return read.cases


def _rendered(calls: dict[str, str], wrong: dict[str, str]) -> dict[str, str]:
    """The SQL of every case; one that a macro refuses is told in `wrong` and left out."""
    while True:
        try:
            return render(calls)
        except BuildError as error:
            refused = next((name for name in re.findall(r"case_\d+", error.what) if name in calls), None)
            if refused is None:
                raise
            wrong[refused] = f"cannot be asked ({error.what})"
            del calls[refused]


def _differences(case: Case, query: str, connection: duckdb.DuckDBPyConnection) -> str:
    try:
        _load(case, connection)
        answer = KINDS[case.kind][1](case.params, connection.execute(query).fetchall())
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    except (KeyError, TypeError, ValueError) as error:
        return f"cannot be answered ({type(error).__name__}: {error})"
    return "; ".join(
        f"{name} is {_of(answer.get(name), wanted)}, expected {wanted}" for name, wanted in case.expected.items() if not _is_equal(answer.get(name), wanted)
    )


def _load(case: Case, connection: duckdb.DuckDBPyConnection) -> None:
    """The events as a table, with the actors that are others merged into them."""
    properties = [{key: as_property(value) for key, value in event.props.items()} for event in case.events]
    connection.execute("create or replace table events (actor varchar, event varchar, ts timestamp, props map(varchar, varchar))")
    if case.events:
        connection.execute(
            "insert into events "
            "select unnest($1::varchar[]), unnest($2::varchar[]), unnest($3::timestamp[]), map(unnest($4::varchar[][]), unnest($5::varchar[][]))",
            [
                [_merged(event.actor, case.identity) for event in case.events],
                [event.event for event in case.events],
                [event.ts for event in case.events],
                [list(found) for found in properties],
                [list(found.values()) for found in properties],
            ],
        )


def _merged(actor: str, identity: dict[str, str]) -> str:
    seen = {actor}
    while actor in identity and identity[actor] not in seen:
        actor = identity[actor]
        seen.add(actor)
    return actor


def _of(found: Any, wanted: Any) -> Any:
    """Of a table of answers, those that were asked for."""
    return {key: found.get(key) for key in wanted} if isinstance(found, dict) and isinstance(wanted, dict) else found


def _is_equal(found: Any, wanted: Any) -> bool:
    """Numbers to nine digits; of actors by level only the levels that are asked for."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return all(key in found and _is_equal(found[key], value) for key, value in wanted.items()) and _is_whole(found, wanted)
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_is_equal, found, wanted))
    if isinstance(found, int | float) and isinstance(wanted, int | float):
        return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
    return bool(found == wanted)


def _is_whole(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Where actors are listed by level, a case may leave levels out; anything else must be told whole."""
    return all(isinstance(value, list) and all(isinstance(actor, str) for actor in value) for value in wanted.values()) or set(found) == set(wanted)

"""The contracts: one reader, examples that hold, and one edit for one field."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import UNTESTED, Lander, quarantined, query, rows
from pitboss.build import build
from pitboss.contract.arrow import field_id
from pitboss.contract.evolution.edges import candidates
from pitboss.contract.model import Column, Contracts
from pitboss.contract.read import read_contracts
from pitboss.contract.sql import IS_CUT
from pitboss.contract.structs import struct_fields
from pitboss.errors import ContractError
from pitboss.home import PROJECT, Home
from pitboss.landing.land import land
from test_landing import bet

CONTRACTS = read_contracts()
MADE_BY_THE_LANDING = {"inbox", "event_day", "load_seq", "changed_seq", "is_left_out", IS_CUT}


def test_every_event_of_the_dictionary_has_a_contract() -> None:
    families = {family: sum(contract.family == family for contract in CONTRACTS.events.values()) for family in {c.family for c in CONTRACTS.events.values()}}
    assert families == {"gameplay": 15, "cashier": 20, "compliance": 13, "account": 6, "marketing": 12, "quality": 4}


@pytest.mark.parametrize("event", CONTRACTS.events)
def test_a_contract_says_what_a_contract_must(event: str) -> None:
    contract = CONTRACTS.events[event]
    assert contract.good and contract.bad
    assert {"owner", "producer", "purpose", "retention", "dedupe_key", "freshness"} <= contract.meta.keys()
    names = [column.name for column in CONTRACTS.columns(event)]
    assert len({*names, *MADE_BY_THE_LANDING}) == len(names) + len(MADE_BY_THE_LANDING), "a column name stands twice"
    inside = [f"{column.name}[]" for column in CONTRACTS.columns(event) if column.data_type.endswith("[]")]
    inside += [f"{column.name}[].{name}" for column in CONTRACTS.columns(event) for name in struct_fields(column.data_type) or ()]
    places = [*names, *MADE_BY_THE_LANDING, *inside]
    assert len({field_id(place) for place in places}) == len(places), "two names, one field id"
    assert all(column.description for column in contract.columns)


def test_every_example_gets_the_verdict_it_names(land_lines: Lander, home: Home) -> None:
    lines: list[str] = []
    expected = []
    for contract in CONTRACTS.events.values():
        lines += contract.good
        for bad in contract.bad:
            lines.append(bad.line)
            expected.append((len(lines), contract.event, bad.reason, bad.pointer))
    [landed] = land_lines(*lines)
    assert landed.entry and landed.entry.landed == len(lines) - len(expected)
    assert not [violation for violation in landed.entry.violations if violation.reason in ("unknown_field", "unknown_value")]
    assert quarantined(home, "line, event, reason, pointer") == expected


def test_an_optional_field_is_one_edit_in_one_file(home: Home, tmp_path: Path) -> None:
    """The new field lands typed, is null in what landed before, and stands in the view that dbt reads."""
    project = tmp_path / "project"
    for folder in ("models", "macros", "seeds", "profiles"):
        shutil.copytree(PROJECT / folder, project / folder)
    shutil.copy(PROJECT / "dbt_project.yml", project)
    contract = project / "models" / "staging" / "gameplay" / "contracts" / "bet_place.yml"
    field = """          - name: tip_amount
            data_type: decimal(28,8)
            description: Tip to the dealer.
            config:
              meta: {json: tip, unit: stake_currency, since: "1.9"}
"""
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    before.write_text(bet("e1", tip="0.50") + "\n")
    after.write_text(bet("e2", tip="0.50") + "\n")
    [first] = land(home, [(before, "web")])
    assert first.entry and [v.reason for v in first.entry.violations] == ["unknown_field"]
    contract.write_text(contract.read_text() + field)
    [second] = land(home, [(after, "web")], contracts=read_contracts(project))
    assert second.entry and not second.entry.violations
    assert sorted(rows(home, "landing/bet_place/*/*.parquet", "event_id, tip_amount::varchar")) == [("e1", None), ("e2", "0.50000000")]
    build(home, [*UNTESTED, "--select", "stg_gameplay__bets"], project=project)
    assert [(name, str(tip)) for name, tip in query(home, "select event_id, tip_amount from landing.bet_place order by 1")] == [
        ("e1", "None"),
        ("e2", "0.50000000"),
    ]


OTHER_NAMES = [(contract.event, name) for contract in CONTRACTS.events.values() for name in contract.aliases]
OTHER_KEYS = [(event, column, path) for event in CONTRACTS.events for column in CONTRACTS.columns(event) for path in column.paths[1:]]


def test_the_other_names_that_producers_send_are_these() -> None:
    assert {("rg_blocked_bet", "rg_limit_blocked_bet")} <= set(OTHER_NAMES)
    assert {("stream_qos", "webrtc_rtt_ms", ("webrtc_rtt",))} <= {(event, column.name, path) for event, column, path in OTHER_KEYS}
    names = [*CONTRACTS.events, *(name for _, name in OTHER_NAMES)]
    assert len(names) == len(set(names)), "one name, two events"


@pytest.mark.parametrize(("event", "name"), OTHER_NAMES)
def test_an_event_under_another_name_is_the_same_event(event: str, name: str, land_lines: Lander, home: Home) -> None:
    lines = [json.dumps({**json.loads(line), "event": name, "eventId": f"e{number}"}) for number, line in enumerate(CONTRACTS.events[event].good)]
    again = json.dumps({**json.loads(lines[0]), "event": event})
    [landed] = land_lines(*lines, again)
    assert landed.entry and (landed.entry.landed, landed.entry.duplicates, landed.entry.violations) == (len(lines), 1, [])
    assert [path.name for path in home.landing.iterdir()] == [event]


@pytest.mark.parametrize(("event", "column", "path"), OTHER_KEYS, ids=str)
def test_a_field_under_another_key_is_the_same_field(event: str, column: Column, path: tuple[str, ...], land_lines: Lander, home: Home) -> None:
    """Under either key, or both with one value; two values are a key twice, and none is a required field missing."""
    line = next(line for line in CONTRACTS.events[event].good if get(json.loads(line), column.path) is not None)
    value = get(json.loads(line), column.path)
    other = candidates(column)[-1] if candidates(column)[-1] != value else candidates(column)[0]
    own, also, both, unlike, neither = (json.loads(line) for _ in range(5))
    for body, places in ((also, {path: value}), (both, {column.path: value, path: value}), (unlike, {column.path: value, path: other}), (neither, {})):
        del get(body, column.path[:-1])[column.path[-1]]
        for place, one in places.items():
            get(body, place[:-1])[place[-1]] = one
    [landed] = land_lines(*(json.dumps({**body, "eventId": f"e{number}"}) for number, body in enumerate((own, also, both, unlike, neither))))
    refused = [(4, "duplicate_key", f"/{'/'.join(path)}")] + ([(5, "missing_required", column.pointer)] if column.need == "error" else [])
    assert quarantined(home, "line, reason, pointer") == refused
    found = rows(home, f"landing/{event}/*/*.parquet", f"event_id, {column.name}")
    first = dict(found)["e0"]
    assert first is not None and sorted(found)[:3] == [("e0", first), ("e1", first), ("e2", first)]
    assert landed.entry and not [v for v in landed.entry.violations if v.reason == "unknown_field"]


def get(body: Any, path: tuple[str, ...]) -> Any:
    """What stands at a place of an event; None where there is nothing."""
    for part in path:
        body = body.get(part) if isinstance(body, dict) else None
    return body


def ids(schema: pa.Schema) -> dict[str, int]:
    """The field id of every column and of every field inside one, by its path; -1 where it has none."""
    return {path: int((field.metadata or {}).get(b"PARQUET:field_id", -1)) for top in schema for path, field in _fields(top, top.name)}


def _fields(field: pa.Field, path: str) -> Iterator[tuple[str, pa.Field]]:
    yield path, field
    if pa.types.is_list(field.type):
        yield from _fields(field.type.value_field, f"{path}[]")
    elif pa.types.is_struct(field.type):
        for inner in field.type:
            yield from _fields(inner, f"{path}.{inner.name}")


def test_every_field_of_every_part_has_an_id_of_its_own(land_lines: Lander, home: Home) -> None:
    """In the landing and in the vault, inside lists and objects too, and everywhere the one that its place always has."""
    land_lines(*(line for contract in CONTRACTS.events.values() for line in contract.good))
    everywhere: dict[str, set[int]] = {}
    for path in [*home.landing.rglob("*.parquet"), *(home.restricted / "vault").rglob("*.parquet")]:
        found = ids(pq.read_schema(path))
        assert -1 not in found.values(), path
        assert len(set(found.values())) == len(found), path
        for place, number in found.items():
            everywhere.setdefault(place, set()).add(number)
    nested = {f"{c.name}[].{name}" for event in CONTRACTS.events for c in CONTRACTS.columns(event) for name in struct_fields(c.data_type) or ()}
    assert nested and nested <= everywhere.keys()
    assert [place for place, numbers in everywhere.items() if len(numbers) > 1] == []
    # files that lie there for years hold these: seven digits of `printf PLACE | md5sum`, as a number
    known = {"stake_amount": 0x0C3225E, "components": 0x4725DCF, "components[]": 0xFBFA02B, "components[].amount": 0xE3F63FB}
    assert {place: everywhere[place] for place in known} == {place: {number} for place, number in known.items()}


def test_field_ids_outlive_a_new_version_of_the_contract(home: Home, tmp_path: Path) -> None:
    """A column before the others, another field first in every item of a list: what was there keeps its id."""
    line = bet("e1", components=[{"wallet": "cash", "amount": "2.00"}])
    newer = bet("e2", components=[{"share": 0.5, "wallet": "cash", "amount": "2.00"}], tip="1")
    contract = CONTRACTS.events["bet_place"]
    columns = tuple(
        replace(c, data_type="struct(share double, wallet varchar, amount decimal(28,8))[]") if c.name == "components" else c for c in contract.columns
    )
    later = replace(contract, columns=(Column("tip", "varchar", ("tip",)), *columns))
    found = []
    for name, text, contracts in (("a", line, CONTRACTS), ("b", newer, Contracts(CONTRACTS.envelope, {**CONTRACTS.events, "bet_place": later}))):
        path = tmp_path / f"{name}.jsonl"
        path.write_text(text + "\n")
        [landed] = land(home, [(path, "web")], contracts=contracts)
        assert landed.entry and (landed.entry.landed, landed.entry.violations) == (1, [])
        found.append(ids(pq.read_schema(home.root / landed.entry.parts[0].path)))
    before, after = found
    assert after.keys() - before.keys() == {"tip", "components[].share"}
    assert before == {place: after[place] for place in before}


def test_a_file_that_is_no_contract_is_named(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "models" / "staging", tmp_path / "models" / "staging")
    broken = tmp_path / "models" / "staging" / "gameplay" / "contracts" / "bet_place.yml"
    broken.write_text(broken.read_text().replace("actor: player", ""))
    with pytest.raises(ContractError, match=r"bet_place.yml: config.meta lacks actor"):
        read_contracts(tmp_path)

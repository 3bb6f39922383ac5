"""The contracts: one reader, examples that hold, and one edit for one field."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import UNTESTED, Lander, quarantined, query, rows
from pitboss.build import build
from pitboss.contract.arrow import field_id
from pitboss.contract.read import read_contracts
from pitboss.errors import ContractError
from pitboss.home import PROJECT, Home
from pitboss.landing.land import land
from test_landing import bet

CONTRACTS = read_contracts()
MADE_BY_THE_LANDING = {"inbox", "event_day", "load_seq", "changed_seq", "is_conflict"}


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
    assert len({field_id(name) for name in {*names, *MADE_BY_THE_LANDING}}) == len(names) + len(MADE_BY_THE_LANDING), "two names, one field id"
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
            data_type: decimal(18,4)
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
    assert sorted(rows(home, "landing/bet_place/*/*.parquet", "event_id, tip_amount::varchar")) == [("e1", None), ("e2", "0.5000")]
    build(home, [*UNTESTED, "--select", "stg_gameplay__bets"], project=project)
    assert [(name, str(tip)) for name, tip in query(home, "select event_id, tip_amount from landing.bet_place order by 1")] == [
        ("e1", "None"),
        ("e2", "0.5000"),
    ]


def test_parts_carry_the_field_ids_by_which_they_are_read(land_lines: Lander, home: Home) -> None:
    land_lines(bet())
    [path] = home.landing.rglob("*.parquet")
    schema = pq.read_schema(path)
    assert {field.name: int(field.metadata[b"PARQUET:field_id"]) for field in schema} == {name: field_id(name) for name in schema.names}


def test_a_file_that_is_no_contract_is_named(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "models" / "staging", tmp_path / "models" / "staging")
    broken = tmp_path / "models" / "staging" / "gameplay" / "contracts" / "bet_place.yml"
    broken.write_text(broken.read_text().replace("actor: player", ""))
    with pytest.raises(ContractError, match=r"bet_place.yml: config.meta lacks actor"):
        read_contracts(tmp_path)

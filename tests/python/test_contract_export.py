"""The exports say what the landing does: JSON Schema for producers, ODCS for readers of the landed tables."""

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from click.testing import CliRunner
from conftest import Lander, quarantined
from pitboss.cli import main
from pitboss.contract.arrow import product_columns, vault_columns
from pitboss.contract.model import Contract
from pitboss.contract.read import read_contracts
from pitboss.home import PROJECT, Home
from pitboss.landing.land import land
from test_landing import bet

CONTRACTS = read_contracts()

NOT_OF_ONE_VALUE = {
    "duplicate_key": "a parsed object has each key once",
    "invalid_utf8": "a schema sees text, not bytes",
    "malformed_json": "a schema sees what could be parsed",
    "line_too_long": "a schema sees no line",
    "future_timestamp": "a schema has no clock",
    "conflict": "a schema sees one event",
}
"""Reasons that no JSON Schema can give, and why."""
NOT_IN_A_PATTERN = {
    ("registration", "bad_value", "/birthDate"): "a day of a month that has none is well-formed text",
    ("ad_spend", "bad_value", "/day"): "the same",
    ("round_settle", "bad_value", "/rtp_snapshot"): "a decimal is text, which has no order",
}
"""Single examples whose fault needs arithmetic on text."""


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return {path.name.removesuffix(".schema.json"): json.loads(path.read_text()) for path in export("json-schema", tmp_path_factory.mktemp("schemas"))}


@pytest.fixture(scope="module")
def standards(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return {path.name.removesuffix(".odcs.yaml"): yaml.safe_load(path.read_text()) for path in export("odcs", tmp_path_factory.mktemp("odcs"))}


def export(kind: str, folder: Path) -> list[Path]:
    result = CliRunner().invoke(main, ["contracts", "export", "--format", kind, "--out", str(folder / "out")])
    assert (result.exit_code, result.stdout) == (0, f"{folder / 'out'}: {len(CONTRACTS.events)} files\n")
    return sorted((folder / "out").iterdir())


def errors(schema: dict[str, Any], event: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(event)]


def is_expressible(contract: Contract, reason: str, pointer: str) -> bool:
    return reason not in NOT_OF_ONE_VALUE and (contract.event, reason, pointer) not in NOT_IN_A_PATTERN


@pytest.mark.parametrize("event", CONTRACTS.events)
def test_a_schema_takes_the_good_examples_and_refuses_the_bad_ones(event: str, schemas: dict[str, Any]) -> None:
    schema, contract = schemas[event], CONTRACTS.events[event]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(not errors(schema, json.loads(line)) for line in contract.good)
    for bad in contract.bad:
        body = json.loads(bad.line)
        assert bool(errors(schema, body)) == is_expressible(contract, bad.reason, bad.pointer), (bad.reason, bad.pointer)


def test_what_cannot_be_expressed_is_as_listed() -> None:
    """Every entry of the lists is needed, so that neither grows unseen."""
    bad = {(contract.event, example.reason, example.pointer) for contract in CONTRACTS.events.values() for example in contract.bad}
    assert set(NOT_IN_A_PATTERN) <= bad
    assert {reason for _, reason, _ in bad} & set(NOT_OF_ONE_VALUE) == {"duplicate_key", "future_timestamp"}


STAKE = {"amount": "2.00", "currency": "EUR"}
LINES: tuple[tuple[str, bool], ...] = (
    (bet(), True),
    (bet(extra={"deep": 1}), True),
    (bet(wallet=None, device={"os": "iOS", "imei": "1"}), True),
    (bet(source=None, traceId=None), True),
    (bet().replace('"schemaVer": "1.8"', '"schemaVer": null'), True),
    (bet(stake={**STAKE, "amount": "0"}), True),
    (bet(ts="2025-10-17t12:00:00.1+02:00"), True),
    (bet(components=[{"wallet": "cash", "amount": "2.00", "x": 1}]), True),
    (bet(fxRate={"rate": "1.1", "base": "EUR"}), True),
    (bet(stake={**STAKE, "amount": 2}), False),
    (bet(stake={**STAKE, "amount": "2e0"}), False),
    (bet(stake={**STAKE, "amount": "-2.00"}), False),
    (bet(stake={**STAKE, "amount": "02.00"}), False),
    (bet(stake={"amount": "2.00"}), False),
    (bet(stake={**STAKE, "currency": "euro"}), False),
    (bet(stake=None), False),
    (bet().replace('"stake": {', '"stake": null, "other": {'), False),
    (bet(playerId=None), False),
    (bet(playerId=7), False),
    (bet(roundId="r\u0001"), False),
    (bet("e" * 65), False),
    (bet(schemaVer="2.0"), False),
    (bet(schemaVer="1"), False),
    (bet(event="bet_plaice"), False),
    (bet(wallet={"balanceBefore": "1.00"}), False),
    (bet(wallet={"type": "piggy bank"}), False),
    (bet(isFreeSpin="no"), False),
    (bet(components=[{"wallet": "cash"}]), False),
    (bet(components=[{"wallet": "vip", "amount": "2.00"}]), False),
    (bet(fxRate={"rate": "0.00", "base": "EUR"}), False),
    (bet(fxRate={"rate": "1.1"}), False),
    (bet(ts="2025-10-17 12:00:00Z"), False),
    (bet(ts="2025-10-17T12:00:00.123456789Z"), True),
    (bet(ts="2025-10-17T12:00:00."), False),
    (bet(source="Web"), False),
)


def test_schema_and_landing_agree_line_by_line(schemas: dict[str, Any], land_lines: Lander, home: Home) -> None:
    lines = [line.replace('"eventId": "e1"', f'"eventId": "e{number}-"') for number, (line, _) in enumerate(LINES)]
    land_lines(*lines)
    refused = {number for (number,) in quarantined(home, "line")}
    assert [number not in refused for number in range(1, len(lines) + 1)] == [is_valid for _, is_valid in LINES]
    assert [not errors(schemas["bet_place"], json.loads(line)) for line in lines] == [is_valid for _, is_valid in LINES]


def test_visitors_lists_of_numbers_and_other_names(schemas: dict[str, Any]) -> None:
    visitor = next(contract for contract in CONTRACTS.events.values() if contract.identity == "visitor")
    body = {key: value for key, value in json.loads(visitor.good[0]).items() if key not in ("playerId", "anonymousId")}
    assert errors(schemas[visitor.event], body) and errors(schemas[visitor.event], {**body, "playerId": None})
    assert not errors(schemas[visitor.event], {**body, "anonymousId": "an_1"})
    assert schemas["rg_blocked_bet"]["properties"]["event"] == {"enum": ["rg_blocked_bet", "rg_limit_blocked_bet"]}
    latency = json.loads(CONTRACTS.events["api_latency"].good[0])
    assert errors(schemas["api_latency"], {**latency, "latencyMs": 2**63}) and not errors(schemas["api_latency"], {**latency, "latencyMs": 2**63 - 1})
    assert errors(schemas["api_latency"], {**latency, "buckets": [{"le": "5", "count": 1}]})


def test_schemas_name_themselves_and_nothing_of_dbt(schemas: dict[str, Any]) -> None:
    assert len({schema["$id"] for schema in schemas.values()}) == len(schemas) == len(CONTRACTS.events)
    for event, schema in schemas.items():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"].endswith(f":{event}:{CONTRACTS.events[event].version}")
        assert schema["additionalProperties"] is True and schema["examples"]
        assert "doc(" not in json.dumps(schema)


def test_an_odcs_file_says_what_the_landed_table_is(standards: dict[str, Any], tmp_path: Path) -> None:
    """The columns are those of the Parquet that a good example lands as, with their types; personal data is not among them."""
    path, home = tmp_path / "web" / "events.jsonl", Home(tmp_path / "home")
    path.parent.mkdir()
    path.write_text("".join(f"{contract.good[0]}\n" for contract in CONTRACTS.events.values()))
    [landed] = land(home, [(path, "web")])
    assert landed.entry and landed.entry.quarantined == 0
    for event, standard in standards.items():
        [table] = standard["schema"]
        said = {column["name"]: column["physicalType"] for column in table["properties"]}
        found = duckdb.sql(f"describe select * from '{home.root}/landing/{event}/*/*.parquet'").fetchall()
        types = {name: kind.lower().replace('"', "") for name, kind, *_ in found}
        made = {"changed_seq": "bigint", "is_left_out": "boolean"}
        assert {name: kind.replace(", ", ",") for name, kind in said.items()} == {
            name: kind.replace(", ", ",") for name, kind in {**types, **made}.items() if name not in ("inbox", "dt")
        }, event
        assert not set(said) & {column.name for column in vault_columns(CONTRACTS, event)}


def test_an_odcs_file_names_owner_freshness_and_quality(standards: dict[str, Any]) -> None:
    standard = standards["bet_place"]
    assert {"apiVersion": "v3.0.2", "kind": "DataContract", "version": "1.9", "status": "active", "domain": "gameplay"}.items() <= standard.items()
    assert standard["team"][0] == {"username": "game-platform", "role": "owner"}
    assert standard["slaProperties"] == [{"property": "latency", "value": 1, "unit": "h", "driver": "operational"}]
    columns = {column["name"]: column for column in standard["schema"][0]["properties"]}
    assert columns["player_id"]["classification"] == "confidential" and columns["player_id"]["required"]
    assert columns["wallet_type"]["quality"][0]["query"] == "select count(*) from {object} where {property} not in ('cash', 'bonus', 'locked')"
    assert "geo_ip" in standard["description"]["limitations"]
    hashed = {column.name for event in standards for column in product_columns(CONTRACTS, event) if column.pii == "hash"}
    for standard in standards.values():
        for column in standard["schema"][0]["properties"]:
            assert column["description"] and "doc(" not in column["description"]
            assert column["name"] not in hashed or column["classification"] == "confidential"


def test_the_quality_queries_run_and_hold(standards: dict[str, Any], tmp_path: Path) -> None:
    path, home = tmp_path / "web" / "events.jsonl", Home(tmp_path / "home")
    path.parent.mkdir()
    path.write_text("".join(f"{line}\n" for contract in CONTRACTS.events.values() for line in contract.good))
    list(land(home, [(path, "web")]))
    for event, standard in standards.items():
        duckdb.sql(f"create or replace temp view {event} as select *, false as is_left_out from '{home.root}/landing/{event}/*/*.parquet'")
        for owner in (*standard["schema"], *standard["schema"][0]["properties"]):
            for quality in owner.get("quality", ()):
                query = quality["query"].replace("{object}", event).replace("{property}", owner["name"])
                [found] = duckdb.sql(query).fetchall()
                assert found == (quality["mustBe"],) or quality["severity"] == "warning", (event, query)


def test_a_docs_block_that_is_not_there_is_named(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "models", tmp_path / "models")
    columns = tmp_path / "models" / "columns.md"
    columns.write_text(columns.read_text().replace("docs game_id", "docs game_identity"))
    result = CliRunner().invoke(main, ["contracts", "export", "--format", "odcs", "--out", str(tmp_path / "out"), "--project", str(tmp_path)])
    assert result.exit_code == 1 and "no docs block is called game_id" in result.stderr and not (tmp_path / "out").exists()

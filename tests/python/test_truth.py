"""What the simulator knows to be true is what the marts say, to the cent and to the line."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from conftest import UNTESTED, query
from pitboss.build import build
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.ledger import Ledger
from pitboss.landing.source import find
from pitboss.simulate import simulate

MONEY = ("handle", "payout", "ggr", "bonus_cost", "orphan_payout", "open_stakes", "bets")


@pytest.fixture(scope="module", params=[1, 2, 3])
def casino(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, Any]]:
    """A small casino with much dirt, landed and built, and its truth."""
    folder = tmp_path_factory.mktemp(f"seed{request.param}")
    home = Home(folder / "home")
    simulate(folder / "inbox", players=250, days=18, seed=request.param, dirt=0.04)
    assert not [landed.error for landed in land(home, find([folder / "inbox"])) if landed.error]
    build(home, [*UNTESTED, "--select", "+ggr_ngr_daily", "+ggr_by_game_daily", "+payments_daily", "+ingest_health"])
    return home, json.loads((folder / "inbox" / "truth.json").read_text())


def test_money_by_day_and_currency(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    columns = ", ".join(f"sum({name})" for name in MONEY)
    found = query(home, f"select gaming_day::varchar, currency, {columns} from marts.ggr_ngr_daily group by 1, 2")
    marts = {(day, currency): [Decimal(value) for value in values] for day, currency, *values in found}
    expected = {(row["gaming_day"], row["currency"]): [Decimal(row[name]) for name in MONEY] for row in truth["money"]}
    assert len(expected) > 50
    assert {key: values for key, values in marts.items() if any(values)} == {key: values for key, values in expected.items() if any(values)}


def test_money_by_game(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    found = query(home, "select game_id, currency, sum(handle), sum(payout), sum(bets) from marts.ggr_by_game_daily group by 1, 2")
    marts = {(game, currency): [Decimal(value) for value in values] for game, currency, *values in found}
    names = ("handle", "payout", "bets")
    expected = {(row["game_id"], row["currency"]): [Decimal(row[name]) for name in names] for row in truth["money_by_game"]}
    assert {key: values for key, values in marts.items() if any(values)} == {key: values for key, values in expected.items() if any(values)}


def test_deposits_and_withdrawals(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    for name, count, amount in (("deposits", "deposits", "deposit_amount"), ("withdrawals", "withdrawals", "withdrawal_amount")):
        found = query(home, f"select gaming_day::varchar, currency, sum({count}), sum({amount}) from marts.payments_daily group by 1, 2")
        marts = {(day, currency): (int(n), total) for day, currency, n, total in found if n}
        expected = {(row["gaming_day"], row["currency"]): (row["count"], Decimal(row["amount"])) for row in truth[name]}
        assert marts == expected, name


def test_every_line_and_all_dirt(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    dirt = truth["dirt"]
    [(lines, blank, landed, quarantined, duplicates, conflicts)] = query(
        home, "select sum(lines), sum(blank_lines), sum(landed), sum(quarantined), sum(duplicates), sum(conflicts) from marts.ingest_health"
    )
    assert lines == landed + quarantined + duplicates == truth["lines"]
    assert (blank, duplicates, conflicts) == (truth["blank_lines"], dirt["duplicates"], dirt["conflicts"])
    reasons: Counter[str] = Counter()
    recorded: Counter[str] = Counter()
    for violation in (v for entry in Ledger(home).entries for v in entry.violations):
        (reasons if violation.is_quarantined else recorded)[violation.reason] += violation.events
    assert dict(reasons) == dirt["quarantined"]
    assert recorded["derived"] == dirt["derived_ids"]
    assert recorded["unknown_field"] == dirt["unknown_fields"]["events"]
    for name in ("missing_trace", "missing_source", "missing_schema_ver"):
        assert recorded[f"{name}_id" if name == "missing_trace" else name] == dirt[name], name
    assert recorded["missing_session_id"] == dirt["missing_session"]
    by_event = dict(query(home, 'select event, sum("rows") from landing.parts group by 1'))
    assert by_event == truth["events_landed"]


def test_nothing_personal_left_the_restricted_area(casino: tuple[Home, dict[str, Any]]) -> None:
    home, _ = casino
    vault = duckdb.sql(f"select distinct geo_ip from read_parquet('{home.restricted}/vault/*/*/*.parquet', union_by_name = true) where geo_ip is not null")
    secrets = {ip for (ip,) in vault.fetchall()}
    assert len(secrets) > 10
    events = [folder.name for folder in home.landing.iterdir()]
    seen = "".join(repr(duckdb.sql(f"select * from '{home.landing}/{event}/*/*.parquet'").fetchall()) for event in events)
    seen += "".join(path.read_bytes().decode("latin-1") for path in [*home.ledger.iterdir(), home.warehouse])
    assert not [secret for secret in secrets if secret in seen]
    assert "@example" not in seen

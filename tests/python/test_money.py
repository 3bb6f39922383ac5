"""The definition of money, sentence by sentence: each case below tests/fixtures/money is worked by hand and goes down the whole road."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import UNTESTED
from money import DAY, Case, read_cases
from pitboss.build import build
from pitboss.home import PROJECT, Home
from pitboss.landing.land import land

CASES = read_cases(Path(__file__).parents[1] / "fixtures" / "money")
SEEDS = Path(__file__).parents[1] / "fixtures" / "money" / "seeds"
"""Rows of seeds that the cases need, in the place of the shipped ones."""
TABLES = ("ggr_ngr_daily", "ggr_by_game_daily", "payments_daily", "int_money__findings", "int_bets__clocked", "fct_player_days", "cash_reconciliation")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with seeds of the cases' own."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("models", "macros", "tests", "analyses", "profiles"):
        (folder / name).symlink_to(PROJECT / name)
    for name in ("dbt_project.yml", ".dbtignore"):
        shutil.copy(PROJECT / name, folder / name)
    shutil.copytree(PROJECT / "seeds", folder / "seeds")
    for seed in SEEDS.glob("*.csv"):
        shutil.copy(seed, folder / "seeds" / seed.name)
    return folder


@pytest.fixture(scope="module")
def warehouse(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """All cases landed and built at once."""
    folder = tmp_path_factory.mktemp("money")
    home = Home(folder / "home")
    path = folder / "cases.jsonl"
    path.write_text("".join(f"{line}\n" for case in CASES for line in case.json_lines()))
    [landed] = land(home, [(path, "server")])
    assert landed.error is None and landed.entry is not None
    refused = [case.says for case in CASES if case.expect.get("quarantined")]
    assert landed.entry.quarantined == len(refused), landed.entry.violations
    build(home, [*UNTESTED, "--select", *(f"+{table}" for table in TABLES)], project)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("case", CASES, ids=[f"{case.topic}: {case.says}" for case in CASES])
def test_money(case: Case, warehouse: duckdb.DuckDBPyConnection) -> None:
    found = {what: _found(warehouse, case.brand, what, expected) for what, expected in case.expect.items() if what != "quarantined"}
    expected = {what: _exact(value) for what, value in case.expect.items() if what != "quarantined"}
    assert _exact(found) == expected, case.because


def _found(warehouse: duckdb.DuckDBPyConnection, brand: str, what: str, expected: dict[Any, Any]) -> Any:
    """The figures that a case names, of its brand."""
    if what == "total":
        return _sums(warehouse, "marts.ggr_ngr_daily", f"brand = '{brand}'", expected)
    if what == "by_currency":
        return {key: _sums(warehouse, "marts.ggr_ngr_daily", f"brand = '{brand}' and currency = '{key}'", row) for key, row in expected.items()}
    if what == "by_day":
        return {key: _sums(warehouse, "marts.ggr_ngr_daily", f"brand = '{brand}' and {_on(key)}", row) for key, row in expected.items()}
    if what == "by_jurisdiction":
        return {key: _sums(warehouse, "marts.ggr_ngr_daily", f"brand = '{brand}' and jurisdiction = '{key}'", row) for key, row in expected.items()}
    if what == "by_game":
        return {key: _sums(warehouse, "marts.ggr_by_game_daily", f"game_id = '{key.replace('$', brand)}'", row) for key, row in expected.items()}
    if what == "booked":
        return {key: _sums(warehouse, "semantic.int_bets__clocked", f"brand = '{brand}' and {_on(key)}", row) for key, row in expected.items()}
    if what == "lines":  # of net revenue, by both clocks together
        return {key: _lines(warehouse, f"brand = '{brand}' and {_on(key)}", row) for key, row in expected.items()}
    if what == "payments":
        return {key: _sums(warehouse, "marts.payments_daily", f"psp_id = '{brand}' and {_on(key)}", row) for key, row in expected.items()}
    if what == "player":
        return _sums(warehouse, "semantic.fct_player_days", f"brand = '{brand}'", expected)
    if what == "findings":
        rows = warehouse.execute(f"select reason, sum(events) from semantic.int_money__findings where brand = '{brand}' group by reason").fetchall()
        return {reason: int(events) for reason, events in rows}
    if what == "bets":
        return {key: _bet(warehouse, brand, key, row) for key, row in expected.items()}
    if what == "orphans":
        rows = warehouse.execute(f"select reason, payout_amount from semantic.fct_orphan_settlements where brand = '{brand}' order by 1, 2").fetchall()
        return [list(row) for row in rows]
    raise AssertionError(f"no figure is called {what}")


def _sums(warehouse: duckdb.DuckDBPyConnection, table: str, where: str, columns: dict[str, Any]) -> dict[str, Any]:
    [row] = warehouse.execute(f"select {', '.join(_aggregate(column) for column in columns)} from {table} where {where}").fetchall()
    return dict(zip(columns, row, strict=True))


def _lines(warehouse: duckdb.DuckDBPyConnection, where: str, lines: dict[str, Any]) -> dict[str, Any]:
    rows = warehouse.execute(f"select line, sum(amount) from semantic.int_bets__cost_lines where {where} group by line").fetchall()
    found = dict(rows)
    return {line: found.get(line, 0) for line in lines}


def _aggregate(column: str) -> str:
    plain = ("provider_id", "game_name", "kind", "hold")
    # a sum with an unknown part is unknown
    return f"max({column})" if column in plain else f"case when count(*) = count({column}) then coalesce(sum({column}), 0) end"


def _on(key: Any) -> str:
    return f"gaming_day = date '{DAY.date()}' + {int(key)}"


def _bet(warehouse: duckdb.DuckDBPyConnection, brand: str, key: str, columns: dict[str, Any]) -> dict[str, Any] | None:
    round_id, _, bet_id = key.partition("/")
    where = f"brand = '{brand}' and round_id = '{round_id}'" + (f" and bet_id = '{bet_id}'" if bet_id else "")
    rows = warehouse.execute(f"select {', '.join(columns)} from semantic.fct_bets where {where}").fetchall()
    assert len(rows) <= 1, f"{key} names several bets"
    return dict(zip(columns, rows[0], strict=True)) if rows else None


def _exact(value: Any) -> Any:
    """Numbers as decimals, whatever they were written as."""
    if isinstance(value, dict):
        return {str(key): _exact(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_exact(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    try:
        return Decimal(str(value)).normalize() + 0
    except ArithmeticError:
        return value

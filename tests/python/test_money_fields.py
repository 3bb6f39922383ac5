"""Money in the contracts: every field has its currency, and every field is read by a model or named here with the reason."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import jinja2
import pytest
from conftest import Built, Lander, quarantined, rows
from pitboss.contract.model import Column
from pitboss.contract.read import read_contracts
from pitboss.contract.sql import literal, quoted
from pitboss.home import PROJECT, Home

CONTRACTS = read_contracts()
NO_MONEY = {"fx_rate": "a rate", "rtp_snapshot": "a share"}
"""Decimals that are no amounts."""
MONEY = [
    (event, column)
    for event, contract in CONTRACTS.events.items()
    for column in contract.columns
    if "decimal" in column.data_type and column.name not in NO_MONEY
]
NAMES = [f"{event}.{column.name}" for event, column in MONEY]
OPTIONAL_CURRENCY = {
    "session_start.balance": "without a currency `missing_currency` is recorded, and nothing reads the balance",
    "session_end.balance": "the same",
    "wager_progress.contributed": "it is that of the bonus",
    "wager_progress.required": "the same",
    "rg_limit_set.new_value": "a limit of time has none",
    "rg_limit_set.old_value": "the same",
    "rg_limit_updated.new_value": "the same",
    "rg_limit_updated.old_value": "the same",
}
"""Amounts that land without a currency."""
ELSEWHERE = {"bet_accept.balance_after": "the event answers a bet, and has the currency of its stake"}
_ON_CHAIN = "every figure is made of the money beside it; what moved on the chain is kept for whoever reconciles with the chain"
UNREAD = {
    "bet_accept.balance_after": "balances are reconciled by what the wallets say of themselves",
    "bet_place.wallet_balance_before": "the same",
    "withdrawal_request.balance_before": "the same",
    "tournament_joined.prize_amount": "a prize that is offered; what is paid stands in tournament_finished",
    "wallet_hold.amount": "money set aside has not moved; what moves it is a debit",
    "wallet_hold_release.amount": "the same",
    **{name: _ON_CHAIN for name in NAMES if name.endswith(".asset_amount")},
}
"""Amounts that no model reads."""
PRICED = "int_landing__priced_events"
"""Asks of every amount whether its digits fit its currency."""
CHECKS = {PRICED, "int_payments__key_conflicts", "int_money__findings"}
"""Models that look at amounts and make no figure of them."""


def of(name: str) -> tuple[str, Column]:
    return MONEY[NAMES.index(name)]


# ------------------------------------------------------------ its currency


def test_the_lists_name_what_is_there() -> None:
    decimals = {column.name for event in CONTRACTS.events for column in CONTRACTS.columns(event) if "decimal" in column.data_type}
    assert NO_MONEY.keys() <= decimals
    assert {*OPTIONAL_CURRENCY, *ELSEWHERE, *UNREAD} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_amount_names_the_field_of_its_currency(name: str) -> None:
    event, column = of(name)
    owner, _, unit = (column.unit or "").rpartition(".")
    assert bool(owner) == (name in ELSEWHERE)
    [currency] = [other for other in CONTRACTS.columns(owner or event) if other.name == unit]
    assert currency.data_type == "varchar" and currency.path[-1] in ("currency", "asset")
    if len(column.path) > 1 and column.path[-1] == "amount":  # a money object holds its own
        assert currency.path[:-1] == column.path[:-1]
    assert (currency.need != "error") == (name in OPTIONAL_CURRENCY)


@pytest.mark.parametrize("event", sorted({event for event, _ in MONEY}))
def test_no_amount_lands_without_its_currency(event: str, land_lines: Lander, home: Home) -> None:
    """Each of an event's amounts beside everything that a good line has, once with its currency and once without."""
    lines, expected = [], []
    for name in [name for name in NAMES if of(name)[0] == event and name not in ELSEWHERE]:
        column = of(name)[1]
        currency = next(other for other in CONTRACTS.columns(event) if other.name == column.unit)
        for is_there in (True, False):
            body = json.loads(CONTRACTS.events[event].good[0])
            amount: Any = "1" if column.is_decimal else [{"wallet": "cash", "amount": "1"}]
            for path, value in ((currency.path, "EUR"), (column.path, amount)):
                beside = body
                for part in path[:-1]:
                    beside = beside.setdefault(part, {"type": "cash"} if part == "wallet" else {})
                beside[path[-1]] = value
            if not is_there:
                beside = body
                for part in currency.path[:-1]:
                    beside = beside[part]
                del beside[currency.path[-1]]
            lines.append(json.dumps({**body, "eventId": f"{name} {is_there}"}))
            if not is_there and name not in OPTIONAL_CURRENCY:
                expected.append(name)
    [landed] = land_lines(*lines)
    assert landed.entry and not [v for v in landed.entry.violations if v.reason == "unknown_field"]
    refused = {json.loads(raw)["eventId"] for (raw,) in quarantined(home, "raw")}
    assert refused == {f"{name} False" for name in expected}
    assert {reason for reason, _ in quarantined(home)} <= {"bad_money", "missing_required"}
    recorded = [(v.reason, v.events) for v in landed.entry.violations if not v.is_quarantined and v.reason.endswith("currency")]
    assert recorded == ([("missing_currency", 1)] if event in ("session_start", "session_end") else [])


def test_amounts_land_to_eight_decimals_and_no_further(land_lines: Lander, home: Home) -> None:
    money = {"amount": "12345678901234567890.12345678", "currency": "BTC"}
    bet = json.loads(CONTRACTS.events["bet_place"].good[0])
    for number, change in enumerate(({"stake": money}, {"stake": {**money, "amount": "0.123456789"}}, {"stake": {**money, "amount": "0.123456780"}})):
        land_lines(json.dumps({**bet, "eventId": f"e{number}", **change}), name=f"{number}.jsonl")
    assert rows(home, "landing/bet_place/*/*.parquet", "stake_amount") == [(Decimal("12345678901234567890.12345678"),)]
    assert quarantined(home) == [("bad_money", "/stake/amount")] * 2
    assert {column.data_type for _, column in MONEY if column.is_decimal and column.path[-2:-1] != ("asset",)} == {"decimal(28,8)"}
    assert {column.data_type for _, column in MONEY if column.path[-2:-1] == ("asset",)} == {"decimal(38,18)"}


# ------------------------------------------------------------ who reads it


@dataclass(frozen=True)
class Models:
    """The compiled models over empty tables of the shapes that a build has made, in which a column can be taken away."""

    connection: duckdb.DuckDBPyConnection
    shapes: dict[str, list[tuple[str, str]]]
    compiled: dict[str, str]
    readers: dict[str, set[str]]
    relations: dict[str, str]

    def make(self, model: str, without: frozenset[str] = frozenset()) -> None:
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in self.shapes[model] if name not in without)
        self.connection.execute(f"create or replace table {self.relations[model]} ({columns})")

    def misses(self, model: str, without: frozenset[str]) -> Iterator[str]:
        """The models that cannot be made without these columns of a model. One that hands a column on unnamed is looked through."""
        self.make(model, without)
        gone: dict[str, frozenset[str]] = {}
        for reader in sorted(self.readers.get(model, ())):
            try:
                columns = set(self.connection.sql(self.compiled[reader]).columns)
            except duckdb.BinderException as error:
                assert any(f'"{name}"' in str(error) for name in without), (reader, str(error))
                yield reader
            else:
                gone[reader] = frozenset(name for name, _ in self.shapes[reader] if name not in columns)
        self.make(model)
        for reader, columns_gone in gone.items():
            if columns_gone:
                yield from self.misses(reader, columns_gone)


@pytest.fixture(scope="module")
def models(built: Built) -> Iterator[Models]:
    nodes = json.loads((built.home.target / "manifest.json").read_bytes())["nodes"]
    tables = {key: node for key, node in nodes.items() if node["resource_type"] in ("model", "seed") and node["config"]["materialized"] != "ephemeral"}
    readers: dict[str, set[str]] = {}
    for node in tables.values():
        waiting, seen = list(node["depends_on"].get("nodes", ())), set()
        while waiting:
            other = waiting.pop()
            if other in tables:
                readers.setdefault(nodes[other]["name"], set()).add(node["name"])
            elif other in nodes and other not in seen:  # an ephemeral one is part of whoever reads it
                seen.add(other)
                waiting += nodes[other]["depends_on"]["nodes"]
    relations = {node["name"]: node["relation_name"] for node in tables.values()}
    shapes: dict[str, list[tuple[str, str]]] = {name: [] for name in relations}
    with duckdb.connect(str(built.home.warehouse), read_only=True) as warehouse:
        found = (
            "select table_name, column_name, data_type from information_schema.columns where table_schema <> 'landing' order by table_name, ordinal_position"
        )
        for table, column, kind in warehouse.execute(found).fetchall():
            if table in shapes:
                shapes[table].append((column, kind))
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse")
        for schema in {node["schema"] for node in tables.values()}:
            connection.execute(f"create schema warehouse.{schema}")
        # the files and not the manifest, which a later run of dbt in the same home may have written without them
        sql = built.home.target / "compiled" / "pitboss"
        compiled = {node["name"]: (sql / node["original_file_path"]).read_text() for node in tables.values() if node["resource_type"] == "model"}
        made = Models(connection, shapes, compiled, readers, relations)
        for model in relations:
            made.make(model)
        yield made


def staging(event: str) -> str:
    """The staging model that reads an event."""
    folder = PROJECT / "models" / "staging" / CONTRACTS.events[event].family
    [model] = [path.stem for path in folder.glob("*.sql") if f"source('{CONTRACTS.events[event].family}', '{event}')" in path.read_text()]
    return model


def test_every_amount_is_read_by_a_model_or_named_with_its_reason(models: Models) -> None:
    """A column that a model names cannot be taken away: the model no longer binds."""
    unread = set()
    for name in NAMES:
        event, column = of(name)
        source = staging(event)
        assert column.name in dict(models.shapes[source]), f"{source} does not hand {name} on"
        if not set(models.misses(source, frozenset({column.name}))) - CHECKS:
            unread.add(name)
    assert unread == UNREAD.keys()


# ------------------------------------------------------------ digits that its currency has not


def priced() -> tuple[dict[str, tuple[str, str, list[tuple[str, str]]]], list[str]]:
    """The list in the model: staging model, currency that is converted and amounts of each event; and the events that are not converted."""
    text = (PROJECT / "models" / "semantic" / "intermediate" / f"{PRICED}.sql").read_text()
    said: Any = jinja2.Environment(autoescape=False).from_string(text[text.index("{%- set money") : text.index("{%- set base")]).module
    return said.priced, said.unconverted


def test_the_list_of_priced_events_is_that_of_the_contracts() -> None:
    """Every amount in a currency of its own event; what moved on a chain has no minor units."""
    listed, unconverted = priced()
    expected: dict[str, set[tuple[str, str]]] = {}
    for event, column in MONEY:
        if f"{event}.{column.name}" not in ELSEWHERE and column.path[-2:-1] != ("asset",):
            expected.setdefault(event, set()).add((column.name, str(column.unit)))
    assert {event: {(amount, unit) for amount, unit in amounts} for event, (_, _, amounts) in listed.items()} == expected
    assert {event: model for event, (model, _, _) in listed.items()} == {event: staging(event) for event in listed}
    assert [event for event, (_, currency, amounts) in listed.items() if currency != amounts[0][1]] == []
    assert set(unconverted) <= listed.keys()


def test_an_amount_finer_than_its_currency_is_counted(models: Models) -> None:
    """Every amount of every event alone, each case on a day of its own: fractions of a yen, tenths of a cent, a satoshi, a currency that nobody knows."""
    cases = {"100.5 JPY": True, "100 JPY": False, "-0.5 JPY": True, "0.00000001 JPY": True, "0.001 EUR": True, "0.01 EUR": False}
    cases |= {"0.00000001 BTC": False, "0.00000001 XYZ": False}
    models.make("currencies")
    models.connection.execute(f"insert into {models.relations['currencies']} (currency, minor_units) values ('EUR', 2), ('JPY', 0), ('BTC', 8)")
    listed, _ = priced()
    expected: dict[tuple[str, date], tuple[str, str]] = {}
    for event, (model, _, amounts) in listed.items():
        models.make(model)
        each = itertools.product(amounts, cases.items())
        for day, ((amount, unit), (case, is_finer)) in enumerate(each):
            figure, currency = case.split(" ")
            value = f"[{{'wallet': 'bonus', 'amount': {figure}}}]" if amount == "components" else figure
            models.connection.execute(
                f"insert into {models.relations[model]} (event_day, {amount}, {unit}) values (date '2025-10-01' + {day}, {value}, {literal(currency)})"
            )
            if is_finer:
                expected[event, date(2025, 10, 1) + timedelta(days=day)] = (amount, case)
    found = models.connection.execute(f"select event, event_day, too_fine_events from ({models.compiled[PRICED]}) where too_fine_events > 0").fetchall()
    for model, _, _ in listed.values():
        models.make(model)
    assert {(event, day) for event, day, _ in found} == expected.keys()
    assert {count for _, _, count in found} == {1}

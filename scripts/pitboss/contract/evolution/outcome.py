"""What becomes of sample events under a state of the contracts: they are landed for real, in a home that is thrown away."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pitboss.contract.evolution.sample import OWN_ID
from pitboss.contract.model import Contracts
from pitboss.contract.sql import MARKS, event_sql, literal, quoted, read_parts
from pitboss.errors import ContractError
from pitboss.home import Home
from pitboss.landing.land import land

_NOW = datetime(9998, 1, 1, tzinfo=UTC)
"""No sample is of the future."""


@dataclass
class Outcome:
    """What became of one line: refused with a reason and a place, or landed as values of the columns of an event's table."""

    reason: str = ""
    pointer: str = ""
    event: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    recorded: frozenset[str] = frozenset()

    @property
    def is_landed(self) -> bool:
        return not self.reason

    def __str__(self) -> str:
        return f"refused ({self.reason} at {self.pointer or 'the top'})" if self.reason else "lands"


def outcomes(contracts: Contracts, events: Sequence[str], lines: Sequence[str], which: str) -> list[Outcome]:
    """The outcome of every line, in their order. `events` are those whose tables the lines may land in.

    Raises:
        ContractError: nothing can be landed under these contracts; `which` says whose they are.
    """
    with tempfile.TemporaryDirectory(prefix="pitboss-contracts-") as folder:
        home, file = Home(Path(folder) / "home"), Path(folder) / "samples.jsonl"
        home.create()
        (home.restricted / "key").write_bytes(b"\0" * 32)  # the same in every trial, so that keyed hashes can be compared
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        [landed] = land(home, [(file, "samples")], now=_NOW, contracts=contracts)
        if landed.error:
            raise ContractError(f"sample events cannot be landed ({landed.error})", which, "Mend the contract: a rule of it cannot be carried out.")
        found = [Outcome() for _ in lines]
        with duckdb.connect() as connection:
            for line, reason, pointer in _rows(connection, home, "restricted/quarantine/*.parquet", "line, reason, pointer"):
                found[line - 1].reason, found[line - 1].pointer = reason, pointer
            for event in events:
                _landed(connection, home, contracts, event, found)
            for line, pointer in _rows(connection, home, "restricted/unknown/*.parquet", "line, pointer"):
                found[line - 1].unknown |= {pointer}
        return found


def _landed(connection: duckdb.DuckDBPyConnection, home: Home, contracts: Contracts, event: str, found: list[Outcome]) -> None:
    columns = contracts.columns(event)
    moved = [quoted(column.name) for column in columns if column.pii]  # a watch on these saw what does not stand in the landing
    watches = [watch for watch in event_sql(contracts, event).watches if not any(name in watch.condition for name in moved)]
    types = {column.name: column.data_type for column in columns if column.pii != "vault"}
    product = list(types)
    select = [*map(quoted, product), *(f"({watch.condition})" for watch in watches)]
    # by field id, because a file in which no time was cut does not say so
    files = sorted(home.landing.glob(f"{event}/*/*.parquet"))
    landed = f"select {', '.join(select)} from {read_parts({**types, **dict.fromkeys(MARKS, 'boolean')}, files)}"
    for row in connection.execute(landed).fetchall() if files else ():
        values = dict(zip(product, row, strict=False))
        number = _number(values["event_id"], values.get("trace_id"))
        if number is not None:
            found[number].event, found[number].values = event, values
            found[number].recorded = frozenset(watch.reason for watch, is_met in zip(watches, row[len(product) :], strict=True) if is_met)
    vault = [column.name for column in columns if column.pii == "vault"]
    for event_id, *personal in _rows(connection, home, f"restricted/vault/{event}/*/*.parquet", ", ".join(["event_id", *map(quoted, vault)])):
        number = _number(event_id)
        if number is not None:
            found[number].values |= {f"vault {name}": value for name, value in zip(vault, personal, strict=True)}


def _number(*ids: str | None) -> int | None:
    """The number of the sample that has one of these ids."""
    own = [name for name in ids if name and name.startswith(OWN_ID)]
    return int(own[0].removeprefix(OWN_ID)) if own else None


def _rows(connection: duckdb.DuckDBPyConnection, home: Home, files: str, select: str) -> list[tuple[Any, ...]]:
    if not any(home.root.glob(files)):
        return []
    found: list[tuple[Any, ...]] = connection.execute(f"select {select} from read_parquet({literal(f'{home.root}/{files}')})").fetchall()
    return found

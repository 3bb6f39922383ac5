"""What the steps of one load share."""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pitboss.contract.model import Contracts
from pitboss.home import Home
from pitboss.landing.gate import Gate
from pitboss.landing.lags import Lags
from pitboss.landing.ledger import EventId, Ledger
from pitboss.landing.parts import Parts
from pitboss.landing.quarantine import Quarantine
from pitboss.landing.repeats import Repeats
from pitboss.landing.source import Source


@dataclass
class Load:
    """Lines on their way into a home. Nothing of it counts before the ledger's entry is linked."""

    home: Home
    contracts: Contracts
    gate: Gate
    ledger: Ledger
    connection: duckdb.DuckDBPyConnection
    key: bytes
    source: Source
    seq: int
    staged: Path
    parts: Parts
    quarantine: Quarantine
    repeats: Repeats
    conflicts: set[EventId] = field(default_factory=set)
    kept: frozenset[int] = frozenset()
    """Lines that land although their id is landed with other content, because that is what was decided."""
    duplicates: int = 0
    lags: Lags = field(default_factory=Lags)

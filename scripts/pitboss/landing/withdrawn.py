"""Landed rows that count no more, since every load that brought them is retracted. Their files stay: a retraction can be taken back."""

import duckdb
import pyarrow as pa

from pitboss.contract.sql import read_parts
from pitboss.home import Home
from pitboss.landing.ledger import Ledger

ROW = {"event": "varchar", "event_day": "date", "event_id": "varchar", "load_seq": "bigint"}
"""What names a landed row: the event as conflicts know it, and the load sequence that the row bears."""
SCHEMA = pa.schema(
    [
        ("event", pa.string()),
        ("event_day", pa.date32()),
        ("event_id", pa.string()),
        ("load_seq", pa.int64()),
        ("ledger_seq", pa.int64()),
        ("weight", pa.int32()),
    ]
)
"""A row that is withdrawn with the weight -1, and with 1 where that is taken back, by the entry `ledger_seq`."""


def make_withdrawn(connection: duckdb.DuckDBPyConnection, home: Home, ledger: Ledger) -> None:
    """Make the temporary table `withdrawn` (columns ROW) of the landed rows that count no more."""
    connection.execute(f"create or replace temp table withdrawn as {withdrawn(home, ledger)}")


def withdrawn(home: Home, ledger: Ledger) -> str:
    """Query of the landed rows (columns ROW) that count no more."""
    paths = [home.root / part.path for part in ledger.all_parts("withdrawn")]
    names = ", ".join(ROW)
    return f"select {names} from {read_parts({**ROW, 'weight': 'integer'}, paths)} group by {names} having sum(weight) < 0" if paths else nothing(ROW)


def nothing(columns: dict[str, str]) -> str:
    """A query of these columns without a row."""
    return f"select {', '.join(f'cast(null as {kind}) as {name}' for name, kind in columns.items())} where false"

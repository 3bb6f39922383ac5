"""Opening the warehouse from Python. DuckDB lets in one process that writes or many that read, so being refused is a normal outcome."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pitboss.contract.sql import literal
from pitboss.errors import LockedError, WarehouseError
from pitboss.home import Home


@contextmanager
def warehouse(home: Home, read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the home's warehouse attached as `warehouse`. While it is open, the file does not change.

    Raises:
        LockedError: another process has it open in a way that shuts this one out.
        WarehouseError: the file is no DuckDB database.
    """
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set timezone = 'UTC'")
        try:
            connection.execute(f"attach {literal(str(home.warehouse))} as warehouse {'(read_only)' if read_only else ''}")
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            if "lock" in first:
                holder = first.partition("held in ")[2].partition(". See")[0] or "unknown"
                raise LockedError(
                    f"another process has the warehouse open ({holder}); nothing was changed", str(home.warehouse), "Close it there and run the command again."
                ) from error
            raise WarehouseError(
                f"cannot be opened ({first})", str(home.warehouse), "Move it away; `pitboss build` makes it anew from what is landed."
            ) from error
        yield connection

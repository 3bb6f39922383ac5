"""The figures that a first look at a home should show."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb

from pitboss.errors import PublishError
from pitboss.home import PROJECT, Home
from pitboss.landing.ledger import Ledger
from pitboss.serve.audiences import AUDIENCES
from pitboss.terminal import shown
from pitboss.warehouse import warehouse


def is_current(home: Home) -> bool:
    """Whether the last build passed, took every fact up to the ledger's last entry and the seeds as they are, and is published."""
    path = home.published / AUDIENCES["analyst"].file
    if not home.warehouse.exists() or not path.exists():
        return False
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            row = connection.execute(
                "select failed, (select min(built_seq) from landing.build_state), finished_at from landing.build_log order by build_seq desc limit 1"
            ).fetchone()
    except duckdb.Error:
        return False
    published_at = _utc(path.stat().st_mtime)
    # the time of the change and not that of the content, which an older copy keeps
    seeded_at = max(_utc(seed.stat().st_ctime) for seed in PROJECT.glob("seeds/*.csv"))
    return bool(row and row[0] == 0 and row[1] == len(Ledger(home).entries) and seeded_at <= row[2] <= published_at)


def _utc(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC).replace(tzinfo=None)


def headline(home: Home) -> str:
    """A short table: money per currency, players, quarantined lines, and where the files are.

    Raises:
        PublishError: nothing is published.
        LockedError: another process has the warehouse open.
    """
    path = home.published / AUDIENCES["analyst"].file
    if not path.exists():
        raise PublishError("nothing is published", str(home.published), "Run `pitboss publish` first.")
    with duckdb.connect(str(path), read_only=True) as marts:
        money = marts.execute(
            "select currency, sum(handle), sum(payout), sum(ggr), sum(ngr), sum(ggr) / nullif(sum(handle - open_stakes), 0), sum(bets) "
            "from marts.ggr_ngr_daily group by currency order by sum(handle) desc"
        ).fetchall()
        days = marts.execute("select min(gaming_day), max(gaming_day), count(distinct gaming_day) from marts.ggr_ngr_daily").fetchone()
        lines = marts.execute("select sum(lines), sum(landed), sum(quarantined), sum(duplicates), count(*) from marts.ingest_health").fetchone()
    with warehouse(home) as connection:
        players = connection.execute(
            "select (select count(*) from warehouse.semantic.dim_players), "
            "(select count(distinct (brand, player_id)) from warehouse.semantic.fct_bets where is_counted)"
        ).fetchone()
        digits = dict(connection.execute("select currency, minor_units from warehouse.seeds.currencies").fetchall())
    assert days and lines and players
    rows = money_table(money, digits)
    total, landed, quarantined, duplicates, loads = (value or 0 for value in lines)
    rows += [
        "",
        f"days         {days[0]} to {days[1]} ({days[2]})" if days[2] else "days         none",
        f"players      {players[0]:,}, of them {players[1]:,} with a bet that counts",
        f"lines        {total:,} in {loads:,} files = {landed:,} landed + {quarantined:,} quarantined + {duplicates:,} duplicates",
        f"warehouse    {shown(home.warehouse)}",
        f"published    {shown(path)}",
        f"quarantine   {shown(home.restricted / 'quarantine')}",
    ]
    return "\n".join(rows)


def money_table(money: Sequence[tuple[Any, ...]], digits: Mapping[str, int]) -> list[str]:
    """Lines of a table: currency, handle, payout, ggr, ngr, hold and bets of each row, every amount with the digits of its currency.

    A currency without a seed row shows what its amounts have, at least two digits. Columns are as wide as their longest cell.
    """
    table: list[tuple[str, ...]] = [("currency", "handle", "payout", "ggr", "ngr", "hold", "bets")]
    for currency, *amounts, hold, bets in money:
        written = (_written(amount, digits.get(currency)) for amount in amounts)
        table.append((shown(currency, 20), *written, "" if hold is None else f"{hold:.2%}", f"{bets or 0:,}"))
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]) for row in table]


def _written(amount: Decimal, digits: int | None) -> str:
    """An amount for people, rounded half away from zero as money is."""
    if digits is None:
        exponent = amount.normalize().as_tuple().exponent
        digits = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,f}"

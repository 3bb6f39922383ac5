"""A backup that is restored has the numbers of what came after it, and not its events: nothing of those may be left in any figure."""

import shutil
from decimal import Decimal
from pathlib import Path

from conftest import UNTESTED, query
from pitboss.build import build
from pitboss.home import Home
from pitboss.landing.land import land
from test_landing import bet

ONLY = (*UNTESTED, "--select", "+ggr_ngr_daily", "+fct_sessions", "+contract_violations")
FIGURES = (
    "select handle from marts.ggr_ngr_daily",
    "select count(*) from semantic.fct_bets",
    "select sum(events) from semantic.fct_sessions",
    "select count(*) from semantic.int_bets__events",
)


def put(home: Home, inbox: Path, name: str, player: str, amount: str) -> None:
    """Land one bet."""
    path = inbox / f"{name}.jsonl"
    path.write_text(bet(name, playerId=player, roundId=name, sessionId=name, stake={"amount": amount, "currency": "EUR"}) + "\n")
    [landed] = land(home, [(path, "server")])
    assert landed.entry is not None


def test_what_was_built_of_events_that_are_no_more_is_forgotten(tmp_path: Path) -> None:
    """20.00, then 5,000.00, built; the backup of the first, and then 21.00, are 41.00."""
    first, restored = Home(tmp_path / "first"), Home(tmp_path / "restored")
    put(first, tmp_path, "e1", "p1", "20.00")
    shutil.copytree(first.root, restored.root)
    put(first, tmp_path, "e2", "p2", "5000.00")
    build(first, ONLY)
    assert query(first, FIGURES[0]) == [(Decimal(5020),)]
    put(restored, tmp_path, "e3", "p3", "21.00")
    shutil.copy(first.warehouse, restored.warehouse)
    shutil.copytree(first.target, restored.target)
    build(restored, ONLY)
    assert [query(restored, figure)[0][0] for figure in FIGURES] == [41, 2, 2, 0]

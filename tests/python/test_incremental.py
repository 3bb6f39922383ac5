"""Late, replayed and permuted landings: an incremental build holds exactly the rows that a full refresh gives."""

import json
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from conftest import UNTESTED, query
from pitboss.build import build
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.source import find
from pitboss.simulate import simulate

TABLES = (
    "semantic.fct_bets",
    "semantic.fct_wallet_movements",
    "semantic.fct_sessions",
    "semantic.int_players__event_days",
    "semantic.fct_player_days",
    "semantic.fct_orphan_settlements",
    "marts.ggr_ngr_daily",
    "marts.ggr_by_game_daily",
    "marts.payments_daily",
    "marts.cash_reconciliation",
    "marts.contract_violations",
    "marts.coverage",
    "marts.trace_paths",
)
BUILT = {"fct_bets": "built_seq"}
"""Columns that name the ledger sequence, which is another one where the files came in another order."""


def state(home: Home, without_seq: bool = False) -> dict[str, list[str]]:
    """All rows of the tables, in an order that does not depend on how they were built."""
    rows = {}
    for table in TABLES:
        column = BUILT.get(table.split(".")[1]) if without_seq else None
        rows[table] = sorted(map(str, query(home, f"select * {f'exclude ({column})' if column else ''} from {table}")))
    return rows


def line(event: str, event_id: str, ts: str, **fields: object) -> str:
    envelope = {"event": event, "schemaVer": "1.8", "eventId": event_id, "ts": ts, "sessionId": "s", "traceId": f"t-{event_id}", "source": "server"}
    return json.dumps({**envelope, "playerId": "late", "brand": "aurora", "jurisdiction": "DE", **fields})


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


LATE: Sequence[Sequence[str]] = (
    # a bet, settled; a settlement whose bet is not there yet; a void before its bet
    (
        line("bet_place", "b1", "2025-09-02T10:00:00Z", roundId="r1", gameId="g", stake=money("10.00")),
        line("round_settle", "s1", "2025-09-02T10:00:05Z", roundId="r1", payout=money("4.00")),
        line("round_settle", "s2", "2025-09-03T10:00:05Z", roundId="r2", payout=money("7.00")),
        line("void", "v3", "2025-09-03T11:00:00Z", roundId="r3", reason_code="late"),
    ),
    # the bets arrive; a second stake of the first bet, placed before the first one
    (
        line("bet_place", "b2", "2025-09-03T10:00:00Z", roundId="r2", gameId="g", stake=money("5.00")),
        line("bet_place", "b3", "2025-09-03T10:59:00Z", roundId="r3", gameId="g", stake=money("9.00")),
        line("bet_place", "b1b", "2025-09-01T20:00:00Z", roundId="r1", gameId="g", stake=money("1.00")),
    ),
    # forty days later the first bet is voided, and the id of the second comes with another stake: no copy of it counts
    (
        line("void", "v1", "2025-10-12T10:00:00Z", roundId="r1", reason_code="game_error"),
        line("bet_place", "b2", "2025-09-03T10:00:00Z", roundId="r2", gameId="g", stake=money("6.00")),
    ),
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of a small dirty casino and three with late corrections."""
    folder = tmp_path_factory.mktemp("late")
    simulate(folder / "inbox", players=120, days=12, seed=5, start=date(2025, 9, 1), dirt=0.05)
    made = [path for path, _ in find([folder / "inbox"])]
    for number, lines in enumerate(LATE):
        path = folder / "server" / f"late{number}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{text}\n" for text in lines))
        made.append(path)
    return made


def land_files(home: Home, paths: Sequence[Path]) -> None:
    assert not [landed.error for landed in land(home, [(path, path.parent.name) for path in paths]) if landed.error]


def test_incremental_builds_hold_what_a_full_refresh_gives(files: list[Path], tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shuffled = files[:-3]
    random.Random(3).shuffle(shuffled)
    half = len(shuffled) // 2
    steps = [[*shuffled[:half], files[-3]], [*shuffled[half:], files[-2]], [files[-1], *shuffled[:2]]]
    late = "select status, handle_amount, payout_amount, gaming_day::varchar from semantic.fct_bets where player_id = 'late' order by round_id"
    seen = []
    for step in steps:
        land_files(home, step)
        build(home, UNTESTED)
        seen.append([(status, str(handle), str(payout), day) for status, handle, payout, day in query(home, late)])
    assert seen == [
        [("settled", "10.0000", "4.0000", "2025-09-02")],
        [("settled", "11.0000", "4.0000", "2025-09-01"), ("settled", "5.0000", "7.0000", "2025-09-03"), ("voided", "0.0000", "0.0000", "2025-09-03")],
        [("voided", "0.0000", "0.0000", "2025-09-01"), ("voided", "0.0000", "0.0000", "2025-09-03")],
    ]
    grown = state(home)
    assert len(grown["semantic.fct_bets"]) > 1000
    build(home, [*UNTESTED, "--full-refresh"])
    refreshed = state(home)
    for table in TABLES:
        assert grown[table] == refreshed[table], table

    # the same files in another order, and some of their lines once more, backwards: the same casino (a malformed line counts each time)
    other = Home(tmp_path / "other")
    land_files(other, [*reversed(files[:-3]), *files[-3:]])
    again = tmp_path / "server" / "again.jsonl"
    again.parent.mkdir()
    again.write_bytes(b"\n".join(reversed(b"".join(path.read_bytes() for path in files[:6]).split(b"\n"))))
    land_files(other, [again])
    build(other, UNTESTED)
    permuted, refreshed = state(other, without_seq=True), state(home, without_seq=True)
    for table in TABLES:
        if table != "marts.contract_violations":
            assert permuted[table] == refreshed[table], table

"""The tables of the same casino, whatever way its lines came: every mart and every fact, after builds that each went on from the last.

Lines reach a home shuffled over all days, some of them twice or in another spelling, past contracts that are too strict and clocks
that are slow, and builds lie between. A file of other lines is built and retracted, files and events are taken out and put back. The
reference landed every line once, in order, and was built once.
"""

import json
import os
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import UNTESTED, query
from corpus import Line, respelled
from pitboss.build import build
from pitboss.contract.read import read_contracts
from pitboss.home import Home
from pitboss.landing.ledger import EventId, Ledger
from pitboss.landing.replay import conflict, decide
from pitboss.landing.retract import reinstate, retract
from pitboss.landing.session import session
from pitboss.landing.set_aside import set_aside
from pitboss.landing.waiting import quarantine
from pitboss.simulate import simulate
from plans import EARLY, LATE, Land, Loader, Replay, follow, plain, strict

TELLS_OF_LOADS = {
    "ingest_health": "one row per load",
    "fct_loads": "one row per load",
}
"""Tables that are about the way, not about what came."""
TELLS_OF_THE_LEDGER = {
    "int_bets__events": "changed_seq",
    "int_bets__reversals": "changed_seq",
    "int_bets__settlements": "changed_seq",
    "int_bets__states": "built_seq",
}
"""Columns that name the ledger's sequence."""
PLANS = int(os.environ.get("PLANS", "1"))
"""How many plans to follow: each costs three builds."""
RIGHT = Loader("right", read_contracts())
READ = ("fct_bets", "int_bets__bookings")
"""What is looked at after each build, besides."""
SELECTED = (["+config.materialized:incremental", *(f"+{model}" for model in READ)], ["config.materialized:incremental", *READ], ["*"])
"""What the three builds select: what goes on from an earlier build and, the first time, what that needs; at last everything."""


def line(event: str, event_id: str, ts: str, **fields: object) -> Line:
    envelope = {"event": event, "schemaVer": "1.8", "eventId": event_id, "ts": ts, "sessionId": "s", "traceId": f"t-{event_id}", "source": "server"}
    told = {**envelope, "playerId": "late", "brand": "aurora", "jurisdiction": "DE", **fields}
    return Line(json.dumps(told).encode(), "server", told)


def visit(player: str, session: str, ts: str) -> Line:
    return line("game_launch", f"{player}-{ts}", ts, playerId=player, sessionId=session, gameId="g")


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


CORRECTED: Sequence[Sequence[Line]] = (
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
    # ninety days later the first bet is voided, and the id of the second comes with another stake: no copy of it counts
    (
        line("void", "v1", "2025-12-01T10:00:00Z", roundId="r1", reason_code="game_error"),
        line("bet_place", "b2", "2025-09-03T10:00:00Z", roundId="r2", gameId="g", stake=money("6.00")),
    ),
)
SEEN = (
    [("settled", "10.00000000", "4.00000000", "2025-09-02")],
    [("settled", "11.00000000", "4.00000000", "2025-09-01"), ("settled", "5.00000000", "7.00000000", "2025-09-03"),
     ("voided", "0.00000000", "0.00000000", "2025-09-03")],
    [("voided", "0.00000000", "0.00000000", "2025-09-01"), ("voided", "0.00000000", "0.00000000", "2025-09-03")],
)  # fmt: skip
"""Bets of the player of these lines after each build: status, handle, payout, gaming day."""
VISITS: Sequence[Sequence[Line]] = (
    # an id that comes back, and one that will turn out to have been there before
    (visit("back", "k", "2025-09-01T10:00:00Z"), visit("back", "k", "2025-09-03T10:00:00Z"), visit("early", "e", "2025-09-04T10:00:00Z"),
     visit("pause", "p", "2025-09-01T10:00:00Z"), visit("pause", "p", "2025-09-01T20:00:00Z")),
    # it comes back again, which touches none of the sessions before; another goes on after nine hours
    (visit("back", "k", "2025-09-05T09:00:00Z"), visit("pause", "p", "2025-09-02T05:00:00Z")),
    # late: a visit in between, which the older session is twelve hours away from, and one before the first
    (visit("back", "k", "2025-09-02T20:00:00Z"), visit("early", "e", "2025-09-01T10:00:00Z")),
)  # fmt: skip
VISITED = (
    ["6/aurora/4/back/id k", "6/aurora/4/back/from 2025-09-03 10:00:00 id k", "6/aurora/5/early/id e", "6/aurora/5/pause/id p"],
    ["6/aurora/4/back/id k", "6/aurora/4/back/from 2025-09-03 10:00:00 id k", "6/aurora/4/back/from 2025-09-05 09:00:00 id k",
     "6/aurora/5/early/id e", "6/aurora/5/pause/id p"],
    ["6/aurora/4/back/id k", "6/aurora/4/back/from 2025-09-02 20:00:00 id k", "6/aurora/4/back/from 2025-09-03 10:00:00 id k",
     "6/aurora/4/back/from 2025-09-05 09:00:00 id k", "6/aurora/5/early/id e", "6/aurora/5/early/from 2025-09-04 10:00:00 id e", "6/aurora/5/pause/id p"],
)  # fmt: skip
"""Sessions of these three after each build: the first of an id keeps its plain key for as long as none before it is known."""
BOOKED: Sequence[Sequence[tuple[str, ...]]] = (
    [],
    [("2025-09-01", "1.00000000", "0.00000000", "0.00000000"), ("2025-09-02", "10.00000000", "11.00000000", "4.00000000")],
    [("2025-09-01", "1.00000000", "0.00000000", "0.00000000"), ("2025-09-02", "10.00000000", "11.00000000", "4.00000000"),
     ("2025-12-01", "-11.00000000", "-11.00000000", "-4.00000000")],
)  # fmt: skip
"""What was booked of them, which a later void adds to and never changes: gaming day, stakes, stakes settled, winnings."""


@dataclass(frozen=True)
class Casino:
    """What happened, line by line, and the home into which it came plainly."""

    lines: Sequence[Line]
    home: Home


@pytest.fixture(scope="module")
def casino(tmp_path_factory: pytest.TempPathFactory) -> Casino:
    folder = tmp_path_factory.mktemp("casino")
    simulate(folder / "inbox", players=40, days=8, seed=5, start=date(2025, 9, 1), dirt=0.05)
    sent = [Line(raw, path.parent.name) for path in sorted((folder / "inbox").rglob("*.jsonl*")) for raw in path.read_bytes().splitlines()]
    sent += disputed(random.Random(5).sample(sent, 60))
    home = Home(folder / "home")
    follow(home, plain([*sent, *(line for step in (*CORRECTED, *VISITS) for line in step)], RIGHT), folder / "plain")
    decide_some(home)
    build(home, UNTESTED)
    return Casino(_spellable(home, sent), home)


@pytest.mark.parametrize("seed", range(1, 1 + PLANS))
def test_the_tables_depend_on_the_lines_alone(casino: Casino, tmp_path: Path, seed: int) -> None:
    home = Home(tmp_path / "home")
    late = "select status, handle_amount, payout_amount, gaming_day::varchar from semantic.fct_bets where player_id = 'late' order by round_id"
    bookings = (
        "select gaming_day::varchar, handle_amount::varchar, settled_amount::varchar, payout_amount::varchar"
        " from semantic.int_bets__bookings where player_id = 'late' order by 1"
    )
    sessions = "select session_key from semantic.fct_sessions where player_id in ('back', 'early', 'pause') order by player_id, started_at"
    steps, chance = plan(casino.lines, random.Random(seed)), random.Random(seed)
    never = strange(casino.lines, chance)
    follow(home, never, tmp_path / "strange")
    for number, (step, corrections, visits, seen, booked, visited) in enumerate(zip(steps, CORRECTED, VISITS, SEEN, BOOKED, VISITED, strict=True)):
        follow(home, [*step, *plain([*corrections, *visits], RIGHT)], tmp_path / str(number))
        if number == 1:
            taken_out(home, len(never), len(steps[0]), chance)
        if number == len(steps) - 1:
            put_back(home, len(never))
            decide_some(home)
        build(home, [*UNTESTED, "--select", *SELECTED[number]])
        assert [(status, f"{handle:f}", f"{payout:f}", day) for status, handle, payout, day in query(home, late)] == seen
        assert query(home, bookings) == booked
        assert [key for (key,) in query(home, sessions)] == visited
    assert_closed_month(home)
    for table in tables(home):
        assert rows(home, table, without_seq=True) == rows(casino.home, table, without_seq=True), table
    grown = {table: rows(home, table) for table in tables(home, "incremental")}
    assert len(grown["semantic.int_bets__states"]) > 500
    build(home, [*UNTESTED, "--full-refresh", "--select", *SELECTED[1]])
    for table, before in grown.items():
        assert before == rows(home, table), table


def assert_closed_month(home: Home) -> None:
    """September keeps the 7.00 that the house had won when it closed, and December, of which the void is all there is, gives them back."""
    german = "from {} where jurisdiction = 'DE'"
    booked = "select month::varchar, amount::varchar " + german.format("marts.revenue_by_basis") + " and basis = 'contract_ggr' order by 1"
    restated = "select (sum(ggr_base) + 7)::varchar " + german.format("marts.ggr_ngr_daily") + " and gaming_day < '2025-10-01'"
    assert query(home, booked) == [("2025-09-01", query(home, restated)[0][0]), ("2025-12-01", "-7.0000")]


def plan(lines: Sequence[Line], chance: random.Random) -> list[list[Land | Replay]]:
    """Three rounds of files and a replay. What the first two rounds refuse wrongly, by contracts and by clock, is put right in the next."""
    repeated = [Line(respelled(line, chance), line.channel) for line in chance.sample(lines, len(lines) // 20)]
    shuffled = [*lines, *repeated, *chance.sample(lines, len(lines) // 20)]
    chance.shuffle(shuffled)
    loaders = [replace(loader, now=now) for loader in (RIGHT, RIGHT, *strict(read_contracts)) for now in (LATE, EARLY)]
    rounds: list[list[Land | Replay]] = [[], [], []]
    for channel in sorted({line.channel for line in lines}):
        raw = [line.raw for line in shuffled if line.channel == channel]
        cuts = sorted(chance.randrange(len(raw) + 1) for _ in rounds[1:])
        for step, start, end in zip(rounds, [0, *cuts], [*cuts, len(raw)], strict=True):
            step.append(Land(channel, tuple(raw[start:end]), RIGHT if step is rounds[-1] else chance.choice(loaders)))
    for step in rounds:
        chance.shuffle(step)
    for step in rounds[1:]:
        step.append(Replay(RIGHT))
    return rounds


def disputed(lines: Sequence[Line]) -> list[Line]:
    """Those lines that are events with an id, with another trace: whatever they are, the id is in conflict then."""
    found = []
    for line in lines:
        with suppress(ValueError):
            fields = json.loads(line.raw)
            if "eventId" in fields:
                found.append(Line(json.dumps({**fields, "traceId": "other"}).encode(), line.channel))
    return found


def strange(lines: Sequence[Line], chance: random.Random) -> list[Land]:
    """Files of lines that never were: events of the casino under other ids, ids of it with another trace, and copies."""
    found = chance.sample(lines, 300)
    for line in disputed(chance.sample(lines, 300)):
        fields = json.loads(line.raw)
        found += [line, Line(json.dumps({**fields, "eventId": f"strange-{fields['eventId']}"}).encode(), line.channel)]
    return plain(found, RIGHT)


def taken_out(home: Home, strange_files: int, files: int, chance: random.Random) -> None:
    """Retract half of so many files of the casino, which were built, and set some events of the others aside."""
    with session(home, LATE) as turn:
        loads = turn.ledger.entries[strange_files : strange_files + files]
        chance.shuffle(loads)
        for entry in loads[: files // 2]:
            retract(turn, entry.load_id)
        landed = [(part.event, part.event_day, home.root / part.path) for entry in loads[files // 2 :] for part in entry.parts]
        keys = [
            EventId(event, day, event_id)
            for event, day, path in chance.sample(landed, 60)
            for event_id in pq.read_table(path, columns=["event_id"])["event_id"].to_pylist()[:2]
        ]
        set_aside(turn, keys, "tried out")


def put_back(home: Home, strange_files: int) -> None:
    """Take all that back, and retract what never was."""
    with session(home, LATE) as turn:
        for load_id in [load_id for load_id in turn.ledger.retracted if turn.ledger.root(load_id) == load_id]:
            reinstate(turn, load_id)
        set_aside(turn, list(turn.ledger.set_aside), "no longer", is_undone=True)
        for entry in turn.ledger.entries[:strange_files]:
            retract(turn, entry.load_id)


def decide_some(home: Home) -> None:
    """Decide every other conflict: of the contents the one whose hash is the smallest counts, whether it has landed or not."""
    with session(home, LATE) as turn:
        chosen = sorted(key for key in turn.ledger.open_conflicts if key.event_id != "b2")[::2]
        assert len({key.event for key in chosen}) > 5
        for key in chosen:
            _, contents = conflict(turn, key.event_id, key.event, key.event_day)
            decide(turn, key, contents, min(contents, key=lambda content: content.hash))


def tables(home: Home, *kinds: str) -> list[str]:
    """The marts and facts of the project, as the manifest of the last build names them."""
    nodes = json.loads((home.target / "manifest.json").read_bytes())["nodes"].values()
    found = [
        f"{node['schema']}.{node['name']}"
        for node in nodes
        if node["resource_type"] == "model" and node["config"]["materialized"] in (kinds or ("table", "incremental")) and node["name"] not in TELLS_OF_LOADS
    ]
    assert found
    return found


def rows(home: Home, table: str, without_seq: bool = False) -> list[str]:
    """All rows of a table, in an order that does not depend on how they were built."""
    column = TELLS_OF_THE_LEDGER.get(table.split(".")[1]) if without_seq else None
    return sorted(map(str, query(home, f"select * {f'exclude ({column})' if column else ''} from {table}")))


def _spellable(home: Home, lines: Sequence[Line]) -> list[Line]:
    """The lines, with the fields of those that landed under an id of their own: they may be spelled in another way."""
    with quarantine(home, Ledger(home)) as connection:
        refused = {raw for (raw,) in connection.execute("select raw from evidence where reason <> 'conflict'").fetchall()}
    return [replace(line, fields=json.loads(line.raw)) if line.raw not in refused and b'"eventId"' in line.raw else line for line in lines]

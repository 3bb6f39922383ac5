"""What was landed and is taken back: the home counts what it would if the load had never come, and what it counted when it stands again."""

import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import Lander
from corpus import corpora
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pitboss.contract.read import read_contracts
from pitboss.errors import LedgerError
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.ledger import Ledger
from pitboss.landing.replay import conflict, decide
from pitboss.landing.retract import reinstate, retract
from pitboss.landing.session import session
from pitboss.watch.feeds import days_by_channel
from pitboss.watch.sent import count
from plans import LATE, Again, Land, Loader, Plan, Replay, Retract, few, follow, strict
from test_convergence import counted, state

RIGHT = Loader("right", few())


@st.composite
def retractions(draw: st.DrawFn) -> tuple[Plan, Plan]:
    """Files of a corpus, landed, retracted, landed again and put back in any order; and only those that stand in the end, landed once."""
    corpus = draw(corpora())
    chance = random.Random(draw(st.integers(0, 2**32)))
    sent = [(line.channel, line.raw) for line in corpus]
    sent += chance.choices(sent, k=draw(st.integers(0, 8)))  # copies, which mostly come with other files
    chance.shuffle(sent)
    files: dict[tuple[str, int], list[bytes]] = {}
    for channel, raw in sent:
        files.setdefault((channel, chance.randrange(4)), []).append(raw)
    loaders = [replace(loader, now=LATE) for loader in (RIGHT, RIGHT, RIGHT, *strict(few))]
    steps: list[Land | Replay | Retract | Again] = []
    stands: dict[int, bool] = {}
    contents: dict[tuple[bytes, ...], int] = {}
    for (channel, _), lines in files.items():
        if tuple(lines) in contents:  # the same file twice is one
            continue
        contents[tuple(lines)] = len(steps)
        stands[len(steps)] = True
        steps.append(Land(channel, tuple(lines), chance.choice(loaders)))
        while chance.random() < 0.5:
            one = chance.choice(list(stands))
            if stands[one]:
                steps.append(Retract(one))
            else:
                steps.append(chance.choice((Again(one), Retract(one, is_undone=True))))
            stands[one] = not stands[one]
        if chance.random() < 0.2:
            steps.append(Replay(chance.choice(loaders)))
    kept: Sequence[Land] = [replace(step, loader=RIGHT) for at, step in enumerate(steps) if isinstance(step, Land) and stands[at]]
    return [*steps, Replay(RIGHT)], [*kept, Replay(RIGHT)]


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(retractions())
def test_a_home_counts_what_stands_whatever_was_retracted_and_put_back(plans: tuple[Plan, Plan]) -> None:
    way, plain = plans
    assert state(way) == state(plain)


@settings(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(retractions(), st.randoms(use_true_random=False))
def test_what_is_put_back_is_as_it_was_decisions_and_all(plans: tuple[Plan, Plan], chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        follow(home, plans[0], Path(folder) / "inbox")
        with session(home, LATE, few()) as turn:
            for key in turn.ledger.open_conflicts:
                _, contents = conflict(turn, key.event_id, key.event, key.event_day)
                decide(turn, key, contents, chance.choice([None, *contents]))
        before, known = counted(home), len(Ledger(home).entries)
        with session(home, LATE, few()) as turn:
            loads = [entry.load_id for entry in turn.ledger.entries if entry.kind == "load" and turn.ledger.stands(entry.load_id)]
            for load_id in chance.sample(loads, min(len(loads), 3)):
                loads.remove(load_id)
                retract(turn, load_id)
                if chance.random() < 0.5:
                    reinstate(turn, load_id)
            for load_id in chance.sample(sorted(turn.ledger.retracted), len(turn.ledger.retracted)):
                if turn.ledger.root(load_id) == load_id and turn.ledger.retracted[load_id].seq > known:
                    reinstate(turn, load_id)
        assert counted(home) == before


def test_a_feed_is_held_against_what_stands(home: Home, land_lines: Lander) -> None:
    bet = json.dumps(
        {
            "event": "bet_place",
            "eventId": "e1",
            "ts": "2025-10-17T12:00:00Z",
            "playerId": "p1",
            "roundId": "r1",
            "gameId": "g",
            "stake": {"amount": "1.00", "currency": "EUR"},
        }
    )
    [landed] = land_lines(bet, "nonsense")
    assert landed.entry
    day = date(2025, 10, 17)

    def told() -> tuple[int, int, int]:
        counts, ledger = count(home, Ledger(home), read_contracts(), day, day), Ledger(home)
        sent = sum(days[day] for days in counts.landed.values())
        refused = sum(sum(days.values()) for days in counts.refused.values())
        return sent, refused, sum(sum(days.values()) for days in days_by_channel(ledger).values())

    before = told()
    assert before[0] == before[2] == 1
    with session(home) as turn:
        retract(turn, landed.entry.load_id)
    assert told() == (0, 0, 0)
    with session(home) as turn:
        reinstate(turn, landed.entry.load_id)
    assert told() == before


def told(event_id: str, amount: str = "1.00") -> bytes:
    """A wallet movement; another amount is another content."""
    fields = {"event": "wallet_debit", "eventId": event_id, "ts": "2025-09-01T10:00:00Z", "playerId": "p", "txnId": f"t-{event_id}", "walletType": "cash"}
    return json.dumps({**fields, "amount": {"amount": amount, "currency": "EUR"}}).encode()


def File(*lines: bytes) -> Land:
    return Land("server", lines, RIGHT)


X, X2, Y, B, C, D = told("x"), told("x", "2.00"), told("y"), told("b"), told("c"), told("d")
NARROW = next(loader for loader in strict(few) if loader.name == "patterned")
CASES: dict[str, tuple[Plan, Sequence[bytes]]] = {
    "a row that a load holds twice, put back": (
        [File(X), File(X2, X2, B), Retract(0), File(X2, C), Retract(3), Retract(1), Retract(3, is_undone=True)],
        [X2, C],
    ),
    "a row that a load holds twice, with nothing standing": (
        [
            *(File(X), File(X2, X2, B), Retract(0), File(X2, C)),
            *(Retract(load, is_undone) for is_undone in (False, True, False) for load in (1, 3)),
        ],
        [],
    ),
    "a load whose row stayed away comes back alone": (
        [File(X), Retract(0), File(X, Y), Retract(0, is_undone=True), Retract(0), Retract(2), Retract(0, is_undone=True)],
        [X],
    ),
    "a line that is left alone by what is put back": ([File(X), File(X2, Y), Retract(1), Retract(0), Retract(1, is_undone=True)], [X2, Y]),
    "a line that the gate refuses for a while": (
        [File(X), File(X2, B), File(X2, D), Retract(0, loader=NARROW), Retract(1), Replay(RIGHT)],
        [X2, D],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_home_counts_what_stands(name: str) -> None:
    way, lines = CASES[name]
    assert state(way) == state([File(*lines)] if lines else [])


def test_processes_at_once_land_an_event_once_whose_load_is_retracted(home: Home, tmp_path: Path) -> None:
    files = []
    for channel, lines in (("server", (X, Y)), ("web", (X, B)), ("app", (X, C))):
        path = tmp_path / f"{channel}.jsonl"
        path.write_bytes(b"\n".join(lines) + b"\n")
        files.append((path, channel))
    [first] = land(home, files[:1], now=LATE)
    assert first.entry
    with session(home, LATE) as turn:
        retract(turn, first.entry.load_id)
    found = [landed.entry for landed in land(home, files[1:], now=LATE, jobs=2)]
    assert sum(entry.landed for entry in found if entry) == 3


def test_one_file_stands_once(home: Home, land_lines: Lander) -> None:
    loads = []
    for _ in range(2):
        [landed] = land_lines(X.decode())
        assert landed.entry and not landed.is_known
        loads.append(landed.entry.load_id)
        with session(home) as turn:
            retract(turn, loads[-1])
    with session(home) as turn:
        reinstate(turn, loads[0])
        with pytest.raises(LedgerError, match="has landed again"):
            reinstate(turn, loads[1])

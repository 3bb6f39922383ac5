"""The ways in which the same lines can reach a home: files, loaders with strict contracts or slow clocks, replays of the quarantine."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from corpus import EVENTS, Line, respelled
from hypothesis import strategies as st
from pitboss.contract.model import Contract, Contracts
from pitboss.contract.read import read_contracts
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.replay import replay
from pitboss.landing.retract import reinstate, retract, settle
from pitboss.landing.session import session

KEY = bytes(range(32))
"""One key for all homes, so that ids and hashes made with it can be compared."""
LATE = datetime(2025, 12, 20, tzinfo=UTC)
"""The clock of a loader that sees the whole corpus as past, except for what is in the future for good."""
EARLY = datetime(2025, 9, 4, tzinfo=UTC)
"""The clock of a loader for which most of the corpus is still to come."""


@dataclass(frozen=True)
class Loader:
    """Who brings lines in: the contracts that it holds them against, and its clock."""

    name: str
    contracts: Contracts = field(repr=False, compare=False)
    now: datetime = LATE


@dataclass(frozen=True)
class Land:
    """A file: lines of one channel."""

    channel: str
    lines: tuple[bytes, ...]
    loader: Loader


@dataclass(frozen=True)
class Replay:
    """The quarantine is put through the gate again."""

    loader: Loader


@dataclass(frozen=True)
class Retract:
    """The file that the step with this number landed is taken back, or stands again."""

    step: int
    is_undone: bool = False
    loader: Loader | None = None


@dataclass(frozen=True)
class Again:
    """The file of an earlier step, which was retracted, is landed again."""

    step: int


Plan = Sequence[Land | Replay | Retract | Again]


def follow(home: Home, plan: Plan, inbox: Path) -> None:
    """Do what a plan says, with files in a folder that is made for it."""
    home.create()
    (home.restricted / "key").write_bytes(KEY)
    inbox.mkdir()
    landed: dict[int, str] = {}  # load ids by the number of their step
    for number, step in enumerate(plan):
        if isinstance(step, Land | Again):
            first = number if isinstance(step, Land) else step.step
            said = plan[first]
            assert isinstance(said, Land)
            path = inbox / f"{first}.jsonl"
            path.write_bytes(b"".join(line + b"\n" for line in said.lines))
            [found] = land(home, [(path, said.channel)], now=said.loader.now, contracts=said.loader.contracts)
            assert found.error is None and found.entry is not None
            landed[first] = found.entry.load_id
        elif isinstance(step, Retract):
            with session(home, LATE, step.loader.contracts if step.loader else few()) as turn:
                (reinstate if step.is_undone else retract)(turn, landed[step.step])
        else:
            with session(home, step.loader.now, step.loader.contracts) as turn:
                for _ in replay(turn):
                    pass
                for _ in settle(turn):
                    pass


def plain(lines: Sequence[Line], loader: Loader) -> list[Land]:
    """Each channel as one file, every line once and in its order, by a loader that is right."""
    channels = sorted({line.channel for line in lines})
    return [Land(channel, tuple(line.raw for line in lines if line.channel == channel), loader) for channel in channels]


@cache
def few() -> Contracts:
    """The contracts of the events that small corpora have."""
    known = read_contracts()
    return Contracts(known.envelope, {event: known.events[event] for event in EVENTS})


@cache
def strict(known: Callable[[], Contracts]) -> tuple[Loader, ...]:
    """Loaders whose contracts refuse some of what the right ones land."""
    right = known()
    without = Contracts(right.envelope, {event: contract for event, contract in right.events.items() if event != "bet_place"})
    narrow = _with(right, "bet_place", lambda c: _column(c, "stake_amount", maximum=2))
    narrow = _with(narrow, "deposit_success", lambda c: _column(c, "three_ds", need="error"))
    narrow = _with(narrow, "registration", lambda c: _column(c, "country", enum=("SE",), enum_is_closed=True))
    patterned = _with(right, "round_settle", lambda c: _column(c, "round_id", pattern=".*[01]"))
    patterned = _with(patterned, "wallet_debit", lambda c: _column(c, "ref_id", need="error"))
    return Loader("no bets", without), Loader("narrow", narrow), Loader("patterned", patterned)


def _with(given: Contracts, event: str, change: Callable[[Contract], Contract]) -> Contracts:
    return Contracts(given.envelope, {**given.events, event: change(given.events[event])})


def _column(contract: Contract, name: str, **changes: Any) -> Contract:
    return replace(contract, columns=tuple(replace(column, **changes) if column.name == name else column for column in contract.columns))


@st.composite
def plans(draw: st.DrawFn, corpus: Sequence[Line]) -> Plan:
    """The corpus with copies, shuffled, cut into files, landed in any order by right and wrong loaders, and replayed; at last by the right one."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    sent = [(line.channel, line.raw) for line in corpus]
    sent += [(line.channel, chance.choice((line.raw, respelled(line, chance)))) for line in chance.choices(corpus, k=draw(st.integers(0, 6)))]
    chance.shuffle(sent)
    files: dict[tuple[str, int], list[bytes]] = {}  # in the order of their first lines, which is any
    for channel, raw in sent:
        files.setdefault((channel, chance.randrange(3)), []).append(raw)
    right = Loader("right", few())
    loaders = [replace(loader, now=now) for loader in (right, right, *strict(few)) for now in (LATE, LATE, EARLY)]
    steps: list[Land | Replay | Retract | Again] = []
    for (channel, _), lines in files.items():
        steps.append(Land(channel, tuple(lines), chance.choice(loaders)))
        if chance.random() < 0.25:
            steps.append(Replay(chance.choice(loaders)))
    return [*steps, Replay(right)]

"""A small corpus with everything in it that a landing has to tell apart, and the few contracts that it needs."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pitboss.contract.model import Contracts
from pitboss.contract.read import read_contracts

NOW = datetime(2025, 10, 20, tzinfo=UTC)
LATER = datetime(2025, 11, 20, tzinfo=UTC)
"""When the lines of `ahead` are in the future no more."""
EVENTS = ("bet_place", "login")


@cache
def contracts() -> Contracts:
    """The contracts of the corpus's events, under the envelope that all have."""
    every = read_contracts()
    return Contracts(every.envelope, {event: every.events[event] for event in EVENTS})


def write(folder: Path) -> dict[str, Path]:
    """The files of the corpus, by name. Written once."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, lines in _FILES.items():
        paths[name] = folder / f"{name}.jsonl"
        if not paths[name].exists():
            paths[name].write_text("".join(line + "\n" for line in lines))
    return paths


def bet(event_id: str | None, amount: str = "2.00", day: str = "2025-10-17", **changes: Any) -> str:
    """A stake with personal data in it."""
    fields = {
        **_envelope("bet_place", event_id, day),
        "roundId": f"round-{event_id}",
        "gameId": "g1",
        "stake": {"amount": amount, "currency": "EUR"},
        "geo": {"country": "DE", "ip": "203.0.113.5"},
    }
    return json.dumps({key: value for key, value in {**fields, **changes}.items() if value is not None})


def login(event_id: str, day: str = "2025-10-17") -> str:
    """A login, of which the device is hashed."""
    return json.dumps({**_envelope("login", event_id, day), "method": "password", "deviceId": f"device-{event_id}"})


def _envelope(event: str, event_id: str | None, day: str) -> dict[str, Any]:
    ids = {"eventId": event_id, "playerId": "p1", "sessionId": "s1", "traceId": "t1"}
    return {"event": event, "schemaVer": "1.8", **ids, "ts": f"{day}T12:00:00.000Z", "source": "server", "brand": "b", "jurisdiction": "DE"}


_NAMELESS = bet(None, "7.00", roundId="nameless")
_AHEAD = "2025-11-15"
_FIRST = [bet("e1"), bet("e2"), bet("e3", day="2025-10-18"), login("l1"), _NAMELESS, bet("bad", "2.000000001"), "nonsense", bet("odd", colour="red"), bet("e1")]
_SECOND = [bet("e1"), bet("e2", "3.00"), bet("e4"), _NAMELESS, '{"event":"no_such_event"}', login("l2", "2025-10-18"), login("l1"), bet("e4")]
_THIRD = [bet("e3", "4.00", day="2025-10-18"), bet("e5"), bet("e2", "5.00"), login("l3"), bet("e4"), bet("far", stake={"amount": 1, "currency": "EUR"})]
_FOURTH = [_NAMELESS, bet("e5"), bet("e6", day="2025-10-18"), login("l1"), login("l4", "2025-10-18"), "", bet("odd2", shade="blue"), '{"a":1} {"b":2}']
_AHEAD_1 = [bet("f1", day=_AHEAD), bet("e7"), bet("f2", day=_AHEAD), login("f3", _AHEAD), bet("bad2", "-2.00"), bet("f1", "9.00", _AHEAD)]
_AHEAD_2 = [bet("f4", day=_AHEAD), bet("f2", day=_AHEAD), "more nonsense", bet("f4", day=_AHEAD)]
_FILES = {"first": _FIRST, "second": _SECOND, "third": _THIRD, "fourth": _FOURTH, "ahead": _AHEAD_1, "ahead2": _AHEAD_2}
"""No id comes with the same content twice and with another one: which copies are duplicates and which conflicts would depend on the order."""

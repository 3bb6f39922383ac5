"""Lines to land: strategies that draw small corpora of good and bad ones, and other spellings of the same line."""

import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

Fields = dict[str, Any]

EVENTS = ("bet_place", "round_settle", "deposit_success", "wallet_debit", "registration")
_FIRST = datetime(2025, 9, 1, tzinfo=UTC)
_AGES = (0, 1, 12, 89)
"""Days of the corpus: an event may land up to 89 days after the ones that happened later."""
_TIMES = ("00:00:00.000", "09:30:00.250", "23:45:00.999")


@dataclass(frozen=True)
class Line:
    """One line as it is first sent. `fields` are those of an event that may be spelled in another way; None where the bytes are all that it is.

    A line stays with its channel, which is the source of an event that names none.
    """

    raw: bytes
    channel: str
    fields: Fields | None = None


def _instant(moment: datetime, offset_minutes: int = 0) -> str:
    """RFC 3339 with milliseconds, in UTC or with an offset."""
    if not offset_minutes:
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return moment.astimezone(timezone(timedelta(minutes=offset_minutes))).isoformat(timespec="milliseconds")


def _money(draw: st.DrawFn) -> Fields:
    return {"amount": draw(st.sampled_from(("1.00", "2.5", "4.00000001"))), "currency": draw(st.sampled_from(("EUR", "EUR", "BRL")))}


def _payload(draw: st.DrawFn, event: str) -> Fields:
    key = draw(st.sampled_from("012"))
    if event == "bet_place":
        more: Fields = {"roundId": f"r{key}", "gameId": "g", "stake": _money(draw), "betId": draw(st.sampled_from((None, "b0", "b1")))}
        if draw(st.booleans()):
            more["device"] = {"ua": draw(st.sampled_from(("Mozilla", "Opera")))}
        return more
    if event == "round_settle":
        return {"roundId": f"r{key}", "payout": _money(draw), "txnId": draw(st.sampled_from((None, "t0"))), "isRoundEnd": draw(st.sampled_from((None, False)))}
    if event == "deposit_success":
        instrument = {"type": "visa", "fingerprint": draw(st.sampled_from(("fp1", "fp2")))}
        return {"depositId": f"d{key}", "amount": _money(draw), "threeDs": draw(st.sampled_from((None, "none"))), "instrument": instrument}
    if event == "wallet_debit":
        return {"txnId": f"w{key}", "amount": _money(draw), "walletType": "cash", "refId": draw(st.sampled_from((None, "r0")))}
    personal = {"email": draw(st.sampled_from((None, "a@example.com", "b@example.com"))), "birthDate": draw(st.sampled_from((None, "2007-09-01")))}
    return {"country": draw(st.sampled_from((None, "SE", "DE"))), **personal}


@st.composite
def _events(draw: st.DrawFn) -> Fields:
    """Fields of a good event. Ids come from so small a pool that some meet: on one day that is a conflict or a repetition, on two it is neither."""
    event = draw(st.sampled_from(EVENTS))
    moment = _FIRST + timedelta(days=draw(st.sampled_from(_AGES)))
    at = datetime.combine(moment, datetime.strptime(draw(st.sampled_from(_TIMES)), "%H:%M:%S.%f").time(), UTC)
    fields: Fields = {
        "event": event,
        "schemaVer": draw(st.sampled_from(("1.8", "1.7", None))),
        "eventId": draw(st.sampled_from(("e0", "e1", "e2", "e3", "é4", None))),
        "ts": _instant(at, draw(st.sampled_from((0, 0, 120, -330)))),
        "playerId": draw(st.sampled_from(("p0", "p1"))),
        "sessionId": draw(st.sampled_from((None, "s0"))),
        "traceId": "t",
        "source": draw(st.sampled_from((None, "server"))),
        "brand": draw(st.sampled_from((None, "aurora"))),
        "isTest": draw(st.sampled_from((None, None, True))),
    }
    skew = draw(st.sampled_from((None, 0, -30, 30)))
    if skew is not None:
        fields["receivedTs"] = _instant(at + timedelta(hours=skew))
    if draw(st.integers(0, 5)) == 0:
        fields["novelty"] = draw(st.sampled_from((1, {"deep": ["x"]})))
    return {name: value for name, value in {**fields, **_payload(draw, event)}.items() if value is not None}


def _compact(fields: Fields) -> bytes:
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()


_CHANGES: tuple[tuple[str, Any], ...] = (
    ("sessionId", "other"),
    ("source", "other"),
    ("receivedTs", "2025-12-01T00:00:00.000Z"),
    ("isTest", True),
    ("novelty", "other"),
)
_PERSONAL = {"bet_place": ("device", {"ua": "other"}), "registration": ("email", "c@example.com")}
"""Changes that only the vault shows."""
_BREAKAGES: dict[str, Callable[[Fields], bytes]] = {
    "bad_money": lambda fields: _compact({**fields, "fxRate": {"rate": 1, "base": "EUR"}}),
    "bad_timestamp": lambda fields: _compact({**fields, "ts": "2025-09-02T10:00:00.1234"}),
    "bad_type": lambda fields: _compact({**fields, "playerId": ["p0"]}),
    "bad_value": lambda fields: _compact({**fields, "eventId": "x" * 65}),
    "duplicate_key": lambda fields: _compact(fields)[:-1] + b',"playerId":"p9"}',
    "future_timestamp": lambda fields: _compact({**fields, "ts": "2031-01-01T00:00:00.000Z"}),
    "invalid_utf8": lambda fields: _compact({**fields, "traceId": "@"}).replace(b"@", b"\xff"),
    "malformed_json": lambda fields: _compact(fields)[:-2],
    "missing_required": lambda fields: _compact({name: value for name, value in fields.items() if name != "playerId"}),
    "not_an_object": lambda fields: b"[" + _compact(fields) + b"]",
    "unknown_event": lambda fields: _compact({**fields, "event": "nope"}),
    "unknown_schema_version": lambda fields: _compact({**fields, "schemaVer": "9.0"}),
}


@st.composite
def corpora(draw: st.DrawFn) -> list[Line]:
    """Up to twelve lines. Three of four are good, and every other one of these comes again under its id with one field changed."""
    corpus: list[Line] = []
    for _ in range(draw(st.integers(1, 6))):
        line = draw(_lines())
        corpus.append(line)
        if line.fields and draw(st.booleans()):
            personal = _PERSONAL.get(line.fields["event"])
            name, value = personal if personal and draw(st.booleans()) else draw(st.sampled_from(_CHANGES))
            fields = {**line.fields, name: value}
            corpus.append(Line(_compact(fields), line.channel, fields))
    return corpus


@st.composite
def _lines(draw: st.DrawFn) -> Line:
    fields = draw(_events())
    channel = ("web", "server")[zlib.crc32(str(fields.get("eventId") or fields["playerId"]).encode()) % 2]
    if draw(st.integers(0, 3)):
        return Line(_compact(fields), channel, fields)
    return Line(_BREAKAGES[draw(st.sampled_from(sorted(_BREAKAGES)))](fields), channel)


def respelled(line: Line, chance: random.Random) -> bytes:
    """The same content in other bytes. Of a line that is no event, only the white space around it may change."""
    if line.fields is None:
        return b" " * chance.randrange(2) + line.raw + b"\r" * chance.randrange(2)
    text = _spelled(line.fields, chance, is_named="eventId" in line.fields)
    return (" " * chance.randrange(2) + text + chance.choice(("", "\r", " \t"))).encode()


def _spelled(value: Any, chance: random.Random, is_named: bool, key: str = "") -> str:
    space = chance.choice(("", " ", "\t"))
    if isinstance(value, dict):
        items = [f"{space}{_text(name, chance)}{space}:{space}{_spelled(inner, chance, is_named, name)}" for name, inner in value.items()]
        chance.shuffle(items)
        return "{" + f"{space},".join(items) + "}"
    if isinstance(value, str):
        # a name derived from the content follows it as written: there only the notation of JSON may differ
        return _text(_same_value(key, value, chance) if is_named else value, chance)
    return json.dumps(value)


def _same_value(key: str, value: str, chance: random.Random) -> str:
    if key in ("ts", "receivedTs"):
        return _instant(datetime.fromisoformat(value), chance.choice((0, 60, -570, 840))).replace("T", chance.choice("Tt"))
    if key == "amount":
        return value + ("" if "." in value else ".") + "0" * chance.randrange(max(1, 5 - len(value.partition(".")[2])))
    return value


def _text(text: str, chance: random.Random) -> str:
    return '"' + "".join(f"\\u{ord(sign):04x}" if chance.random() < 0.2 else sign for sign in text) + '"'

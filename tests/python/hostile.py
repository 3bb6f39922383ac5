"""Extreme events that every contract accepts, drawn at random: what a careless or hostile producer can send, and what a build must bear."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pitboss.contract.model import Column, Contract, Contracts
from pitboss.contract.structs import struct_fields

Line = dict[str, Any]

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDS = (
    "", " ", "x", "X", "unknown", "none", "null", "organic", "all", "*", "a|b", "a/b", "a,b", "'", '"', "\\", "%", "_", "-1", "0", "NaN", "1e309", "true",
    "Ünïcødé", "日本語", "\u202eevil", "\U0001f3b0", "2025-01-01", "o" * 300, "; drop table marts.ggr_ngr_daily", "{{ ref('x') }}", "a\u0301", "</script>",
)  # fmt: skip
IDS = ("p", "p|q", "q", "1", "01", "P", "anon", "x" * 60, "a/b", "game g", "provider g", "nobody ", "_", "id s", "ü", "from 2025-01-01 00:00:00")
CURRENCIES = ("EUR", "EUR", "USD", "JPY", "BTC", "SEK", "ZZZ", "A12345678901")
JURISDICTIONS = ("DE", "DE", "GB", "SE", "US-NJ", "XX", "ZZ", "de", "MT-1")
GAMES = ("sl_wild_lagoon", "pragm_doghouse_megaways", "no_such_game")
COUNTS = (0, 1, 2, 7, 1000, -1, 10**12, 10**12 + 1, 2**63 - 1, -(2**63))
MEASURES = (0.0, 1.0, 0.5, -1.0, 1e-300, 1e300, -1e300, 12.345678901234567)
POOLED = {"round_id", "bet_id", "deposit_id", "withdrawal_id", "bonus_id", "txn_id", "tournament_id", "limit_id", "case_id", "session_id", "trace_id", "pot_id"}
"""Ids of which few are drawn, so that events meet."""


def mixture(contracts: Contracts, seed: int, events: int = 60) -> list[Line]:
    """A brand's events, of a few contracts or of all, about few players, rounds and payments."""
    draw = random.Random(seed)
    names = sorted(contracts.events)
    chosen = names if draw.random() < 0.2 else draw.sample(names, draw.randint(1, 12)) + ["bet_place", "round_settle"] * 4
    moments = [_moment(draw) for _ in range(draw.randint(1, 8))]
    lines = []
    for number in range(events):
        contract = contracts.events[draw.choice(chosen)]
        line = _line(draw, contracts, contract, moments, draw.choice((0.0, 0.3, 0.9, 1.0)))
        line |= {"event": contract.event, "eventId": f"{seed}-{number}", "brand": f"mix{seed}"}
        lines.append(line)
        if draw.random() < 0.1:  # the same again, under another id: with another amount it is a conflict of the business key
            lines.append({**line, "eventId": f"{seed}-{number}-again"} | ({"stake": _money(draw)} if "stake" in line else {}))
    return lines


def busy_player(seed: int, events: int) -> Iterator[Line]:
    """One player with so many bets and settlements, a second apart."""
    for number in range(events // 2):
        moment = _text(NOW - timedelta(days=30) + timedelta(seconds=number))
        common = {"brand": f"busy{seed}", "playerId": "p", "roundId": f"r{number}", "jurisdiction": "DE", "ts": moment, "gameId": "sl_wild_lagoon"}
        yield {"event": "bet_place", "eventId": f"b{seed}-{number}", "stake": {"amount": "1.00", "currency": "EUR"}, **common}
        yield {"event": "round_settle", "eventId": f"s{seed}-{number}", "payout": {"amount": "0.95", "currency": "EUR"}, **common}


def long_life(seed: int, days: int) -> Iterator[Line]:
    """One event a day, for so many days."""
    for number in range(days):
        moment = _text(NOW - timedelta(days=number))
        yield {"event": "login", "eventId": f"l{seed}-{number}", "brand": f"long{seed}", "playerId": "p", "ts": moment, "jurisdiction": "DE"}


def crowded_round(seed: int, bets: int) -> Iterator[Line]:
    """One round of so many bets, and as many settlements that name none of them."""
    for number in range(bets):
        common = {"brand": f"crowd{seed}", "playerId": "p", "roundId": "r", "jurisdiction": "DE", "ts": _text(NOW + timedelta(milliseconds=number))}
        stake = {"amount": "1.00", "currency": "EUR"}
        yield {"event": "bet_place", "eventId": f"b{seed}-{number}", "betId": f"b{number}", "gameId": "sl_wild_lagoon", "stake": stake, **common}
        yield {"event": "round_settle", "eventId": f"s{seed}-{number}", "payout": {"amount": "0.70", "currency": "EUR"}, **common}


def _line(draw: random.Random, contracts: Contracts, contract: Contract, moments: list[datetime], fullness: float) -> Line:
    line: Line = {}
    objects: dict[tuple[str, ...], bool] = {}
    for column in contracts.columns(contract.event):
        if not column.path:
            continue
        above = column.path[:-1]
        # an object is there with what it must hold, or not at all
        if above and above not in objects:
            is_needed = any(c.need == "error" and not c.optional_parent for c in contracts.columns(contract.event) if c.path[:-1] == above)
            objects[above] = (is_needed and above != ("fxRate",)) or draw.random() < fullness
        if above and not objects[above]:
            continue
        if column.need == "error" or draw.random() < fullness:
            _put(line, column.path, _value(draw, column, moments))
    if contract.identity == "player":
        line["playerId"] = draw.choice(IDS)
    elif contract.identity == "visitor" and "playerId" not in line:
        line.setdefault("anonymousId", draw.choice(IDS))
    return line


def _put(line: Line, path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        line = line.setdefault(part, {})
    line[path[-1]] = value


def _value(draw: random.Random, column: Column, moments: list[datetime]) -> Any:
    kind = column.data_type
    if column.enum and (column.enum_is_closed or draw.random() < 0.8) and not struct_fields(kind):
        return draw.choice(column.enum)
    if kind == "timestamp":
        return _text(draw.choice(moments) + timedelta(seconds=draw.choice((0, 0, 1, 3600, -1)))) if column.name == "ts" else _text(_moment(draw))
    if kind == "date":
        return _moment(draw).date().isoformat()
    if column.is_decimal:
        return _rate(draw) if column.name == "fx_rate" else _share(draw) if column.maximum == 1 else _amount(draw, column.signed)
    if kind == "bigint":
        return draw.choice([count for count in COUNTS if column.minimum is None or count >= column.minimum])
    if kind == "double":
        return draw.choice([0.0, 0.5, 1.0] if column.maximum == 1 else MEASURES)
    if kind == "boolean":
        return draw.random() < (0.05 if column.name == "is_test" else 0.5)
    if fields := struct_fields(kind):
        return [{name: _part(draw, name, column) for name in fields} for _ in range(draw.choice((0, 1, 2, 3, 40)))]
    if kind.endswith("[]"):
        return [draw.choice(WORDS) for _ in range(draw.choice((0, 1, 2, 50)))]
    return _word(draw, column)


def _word(draw: random.Random, column: Column) -> str:
    if column.name == "schema_ver":
        return draw.choice(("1.0", "1.9", "1.9999"))
    if column.name == "source":
        return draw.choice(("server", "web", "ios", "batch", "x-_9"))
    if column.path[-1] == "currency" or column.name == "fx_base":
        return draw.choice(CURRENCIES)
    if column.name == "jurisdiction":
        return draw.choice(JURISDICTIONS)
    if column.name == "game_id":
        return draw.choice(GAMES)
    longest = column.max_length or 300
    return draw.choice([word for word in (IDS[:4] if column.name in POOLED else IDS if column.name.endswith("_id") else WORDS) if len(word) <= longest])


def _part(draw: random.Random, name: str, column: Column) -> Any:
    if name == "wallet":
        return draw.choice(column.enum)
    if name == "amount":
        return _amount(draw, False)
    return draw.choice(COUNTS[:5]) if name == "count" else draw.choice(MEASURES)


def _money(draw: random.Random) -> Line:
    return {"amount": _amount(draw, False), "currency": draw.choice(CURRENCIES)}


def _amount(draw: random.Random, signed: bool) -> str:
    amount = draw.choice(("0", "0.00000001", "1.00", "2.50", "10", "10", "99999.99999999", "100000000000000", "99999999999999999999.99999999"))
    return "-" + amount if signed and draw.random() < 0.3 else amount


def _rate(draw: random.Random) -> str:
    return draw.choice(("1", "0.000000000000000001", "0.5", "200000000000", "99999999999999999999.999999999999999999"))


def _share(draw: random.Random) -> str:
    return draw.choice(("0", "1", "0.965", "0.000000000000000001", "0.999999999999999999"))


def _moment(draw: random.Random) -> datetime:
    """Any time that a contract takes and the landing clock has seen, the usual ones more often."""
    if draw.random() < 0.6:
        return NOW - timedelta(days=draw.randint(0, 90), milliseconds=draw.randint(0, 86_400_000))
    first = datetime(1900, 1, 1, 0, 0, 1, tzinfo=UTC)
    return draw.choice((first, datetime(1970, 1, 1, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), first + (NOW - first) * draw.random(), NOW))


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def text(lines: Iterator[Line] | list[Line]) -> str:
    """As JSON lines."""
    return "".join(json.dumps(line) + "\n" for line in lines)

"""What goes wrong between a producer and the warehouse, one defect a line, each counted as it is made.

Money, wallet, session and account events are always delivered in the end: their malformed line is a failed attempt
that the producer repeats correctly, so the casino's books stay whole. Product and quality telemetry that comes out
malformed is lost, as it would be.
"""

import json
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from pitboss.simulate.clock import DAY, SECOND, stamp
from pitboss.simulate.write import Spool

Event = dict[str, Any]

_LOSSY = frozenset(
    ("lobby_impression", "tile_click", "campaign_view", "onboarding_step", "paywall_view", "api_latency", "error_5xx",
     "stream_qos", "provider_sla", "feature_flag_on", "feature_flag_off", "crm_message_sent")
)  # fmt: skip
_SESSION_FREE = frozenset(
    ("bet_place", "round_settle", "wallet_debit", "wallet_credit", "lobby_impression", "tile_click")
)  # fmt: skip
# Which key besides the player's none of these may lack.
_KEYS = {
    **dict.fromkeys(
        ("bet_place", "bet_accept", "bet_reject", "round_settle", "round_unsettle", "void", "refund", "bet_rollback",
         "jackpot_contribution"), "roundId",
    ),
    **dict.fromkeys(("wallet_debit", "wallet_credit"), "txnId"),
    "dealer_tip": "amount",
    "deposit_refunded": "depositId",
}  # fmt: skip
_KINDS = {
    "duplicate": 18, "duplicate_reordered": 9, "duplicate_later": 8, "late": 15, "malformed": 22, "unknown_field": 14,
    "no_session": 4, "no_trace": 4, "no_source": 3, "no_schema_ver": 3, "no_event_id": 5, "blank": 1, "fine_time": 4,
}  # fmt: skip
_UNKNOWN: tuple[tuple[str, Callable[[Random], object]], ...] = (
    ("buildHash", lambda r: f"{r.getrandbits(28):07x}"),
    ("debug", lambda r: {"host": f"edge-{r.randrange(40)}", "attempt": r.randrange(1, 4)}),
    ("contactEmail", lambda r: f"player{r.randrange(10**6)}@example.com"),
    ("cardNumber", lambda r: card_number(r)),
    ("bankAccount", lambda r: iban(r)),
    ("callback", lambda r: {"phone": f"+4915550{r.randrange(10**6):06d}"}),
)
_NESTED: tuple[tuple[str, Callable[[Random], object]], ...] = (
    ("note", lambda r: f"ref {r.randrange(10**5)}"),
    ("ownerEmail", lambda r: f"owner{r.randrange(10**6)}@example.org"),
)


def card_number(random: Random) -> str:
    """Sixteen digits that pass the Luhn check, from a range that schemes keep for tests."""
    digits = [int(d) for d in f"400000{random.randrange(10**9):09d}"]
    doubled = [d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)]
    return "".join(map(str, digits)) + str(-sum(doubled) % 10)


def iban(random: Random) -> str:
    """A German account number with valid check digits."""
    account = f"{random.randrange(10**18):018d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def reordered(value: Any) -> Any:
    """The same values with the keys of every object in reverse."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


class Dirt:
    """Decides which lines suffer, and keeps the tally of what was done to them."""

    def __init__(self, rate: float, seed: str) -> None:
        self.random = Random(f"{seed}/dirt")
        self.rate = rate
        self.quarantined: Counter[str] = Counter()
        self.unknown_paths: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self._kinds = list(_KINDS)
        self._weights = list(_KINDS.values())
        self._countdown = self._gap()

    def _gap(self) -> int:
        """Lines until the next defect: as if each line were drawn alone, at a tenth of the cost."""
        return 1 + int(self.random.expovariate(self.rate)) if self.rate > 0 else -1

    def is_due(self) -> bool:
        """Whether the line at hand is to be spoilt."""
        self._countdown -= 1
        if self._countdown:
            return False
        self._countdown = self._gap()
        return True

    def spoil(self, spool: Spool, event: str, arrival: int, channel: str, line: str) -> bool:
        """Add the line together with some defect; false when the event itself was lost."""
        kind = self.random.choices(self._kinds, self._weights)[0]
        if kind == "malformed":
            spool.add(channel, arrival, self._malformed(event, line))
            if event not in _LOSSY:
                spool.add(channel, arrival + self.random.randrange(200, 4 * SECOND), line)
                return True
            return False
        if kind == "blank":
            spool.add_blank(channel, arrival)
            spool.add(channel, arrival, line)
        elif kind.startswith("duplicate"):
            self._duplicate(spool, kind, arrival, channel, line)
        elif kind == "late":
            self.counts["late"] += 1
            late = arrival + self.random.randrange(DAY, 10 * DAY)
            spool.add(channel, late, line.replace(stamp(arrival), stamp(late)))
        elif kind == "unknown_field":
            spool.add(channel, arrival, self._unknown_field(line))
        elif kind == "fine_time":
            # Python's clocks write six digits, Go's nine: they land, cut, and that is noted.
            self.counts["fine_time"] += 1
            spool.add(channel, arrival, line.replace('Z","eventId"', f'{self.random.choice(("417", "000001"))}Z","eventId"', 1))
        else:
            self._omit(spool, kind, event, arrival, channel, line)
        return True

    def _duplicate(self, spool: Spool, kind: str, arrival: int, channel: str, line: str) -> None:
        self.counts["duplicates"] += 1
        spool.add(channel, arrival, line)
        again = arrival + self.random.randrange(SECOND, 90 * SECOND)
        if kind == "duplicate_later":
            again = arrival + self.random.randrange(DAY, 9 * DAY)
        if kind == "duplicate_reordered":
            line = json.dumps(reordered(json.loads(line)))
        spool.add(channel, again, line)

    def _omit(self, spool: Spool, kind: str, event: str, arrival: int, channel: str, line: str) -> None:
        key = {
            "no_session": "sessionId", "no_trace": "traceId", "no_source": "source", "no_schema_ver": "schemaVer",
            "no_event_id": "eventId",
        }[kind]  # fmt: skip
        fields: Event = json.loads(line)
        if key not in fields or (key == "sessionId" and event not in _SESSION_FREE):
            spool.add(channel, arrival, line)
            return
        del fields[key]
        short = json.dumps(fields, separators=(",", ":"))
        spool.add(channel, arrival, short)
        self.counts[kind] += 1
        if key == "eventId" and self.random.random() < 0.4:
            # Without an id of its own an exact resend must still be recognised.
            self.counts["duplicates"] += 1
            spool.add(channel, arrival + self.random.randrange(SECOND, 5 * DAY), short)

    def _unknown_field(self, line: str) -> str:
        fields: Event = json.loads(line)
        inner = [key for key, value in fields.items() if isinstance(value, dict) and key != "fxRate"]
        self.counts["unknown_fields"] += 1
        if inner and self.random.random() < 0.4:
            parent = self.random.choice(inner)
            key, make = self.random.choice(_NESTED)
            fields[parent][key] = make(self.random)
            self.unknown_paths[f"{parent}.{key}"] += 1
        else:
            key, make = self.random.choice(_UNKNOWN)
            fields[key] = make(self.random)
            self.unknown_paths[key] += 1
        return json.dumps(fields, separators=(",", ":"))

    def _malformed(self, event: str, line: str) -> str:
        fields: Event = json.loads(line)
        money = next((k for k, v in fields.items() if isinstance(v, dict) and {"amount", "currency"} <= v.keys()), None)
        defects: list[Callable[[str, Event], tuple[str, str]]] = [
            self._cut, self._not_json, self._not_an_object, self._bad_timestamp, self._future, self._unknown_event,
            self._schema, self._bad_type, self._duplicate_key, self._invalid_utf8,
        ]  # fmt: skip
        if money:
            defects += [lambda text, f: self._bad_money(f, money)] * 6
        if event in _KEYS:
            defects += [self._missing_required] * 3
        if "walletType" in fields:
            defects += [self._bad_value] * 2
        text, reason = self.random.choice(defects)(line, fields)
        self.quarantined[reason] += 1
        return text

    def _cut(self, line: str, _: Event) -> tuple[str, str]:
        return line[: self.random.randrange(10, len(line) - 1)], "malformed_json"

    def _not_json(self, _: str, fields: Event) -> tuple[str, str]:
        return f"ERROR 502 upstream timed out at {fields['ts']}", "malformed_json"

    def _not_an_object(self, _: str, fields: Event) -> tuple[str, str]:
        return json.dumps([fields["event"], fields["ts"]]), "not_an_object"

    def _bad_timestamp(self, _: str, fields: Event) -> tuple[str, str]:
        ts: str = fields["ts"]
        fields["ts"] = self.random.choice([f"{ts[:11]}24{ts[13:]}", f"{ts[:5]}13{ts[7:]}", ts[:10], "yesterday", ts[:-1]])
        return _text(fields), "bad_timestamp"

    def _future(self, _: str, fields: Event) -> tuple[str, str]:
        fields["ts"] = "2099" + fields["ts"][4:8] + "15" + fields["ts"][10:]
        return _text(fields), "future_timestamp"

    def _unknown_event(self, _: str, fields: Event) -> tuple[str, str]:
        fields["event"] = fields["event"].replace("_", "-") + "-v2"
        return _text(fields), "unknown_event"

    def _schema(self, _: str, fields: Event) -> tuple[str, str]:
        fields["schemaVer"] = "9.0"
        return _text(fields), "unknown_schema_version"

    def _bad_type(self, _: str, fields: Event) -> tuple[str, str]:
        fields["traceId"] = self.random.randrange(10**6)
        return _text(fields), "bad_type"

    def _duplicate_key(self, line: str, fields: Event) -> tuple[str, str]:
        return f'{line[:-1]},"traceId":"{fields["traceId"]}x"}}', "duplicate_key"

    def _invalid_utf8(self, line: str, _: Event) -> tuple[str, str]:
        return line.replace('"traceId":"tr_', '"traceId":"tr\udcff', 1), "invalid_utf8"

    def _missing_required(self, _: str, fields: Event) -> tuple[str, str]:
        del fields[self.random.choice(["playerId", _KEYS[fields["event"]]])]
        return _text(fields), "missing_required"

    def _bad_value(self, _: str, fields: Event) -> tuple[str, str]:
        fields["walletType"] = "vault"
        return _text(fields), "bad_value"

    def _bad_money(self, fields: Event, key: str) -> tuple[str, str]:
        amount: str = fields[key]["amount"]
        wrong = self.random.randrange(4)
        if wrong == 0:
            fields[key]["amount"] = float(amount)
        elif wrong == 1:
            fields[key]["amount"] = f"{amount}e0"
        elif wrong == 2:
            fields[key]["amount"] = amount.ljust(amount.index(".") + 9, "0") + "1"
        else:
            del fields[key]["currency"]
        return _text(fields), "bad_money"


def _text(fields: Event) -> str:
    return json.dumps(fields, separators=(",", ":"))

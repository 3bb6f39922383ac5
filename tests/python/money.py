"""Money told in a line an event, for the cases below tests/fixtures/money: what is said there becomes JSON lines, and what is expected queries.

    place r1 2.00 EUR bet=b1 txn=t1 at=10:00:05        verb, what the verb always needs, options
    settle r1 5.00 EUR parts=cash:3.00,bonus:2.00      the next event is a second later unless `at` says when
    void r1 at=40/09:00:00                             forty days after the day of the case

Every case is a brand of its own, so that all of them are built at once.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

DAY = datetime(2025, 3, 3, tzinfo=UTC)
"""The day of a case that names none."""
_MONEY = {"place": "stake", "settle": "payout", "prize": "prize", "complete": "converted"}
_VERBS: dict[str, tuple[str, tuple[str, ...]]] = {
    "place": ("bet_place", ("roundId", "AMOUNT", "CURRENCY")),
    "accept": ("bet_accept", ("roundId",)),
    "reject": ("bet_reject", ("roundId", "code")),
    "settle": ("round_settle", ("roundId", "AMOUNT", "CURRENCY")),
    "unsettle": ("round_unsettle", ("roundId",)),
    "void": ("void", ("roundId", "AMOUNT?", "CURRENCY?")),
    "refund": ("refund", ("roundId", "AMOUNT?", "CURRENCY?")),
    "rollback": ("bet_rollback", ("roundId",)),
    "contribute": ("jackpot_contribution", ("roundId", "potId", "AMOUNT", "CURRENCY")),
    "tip": ("dealer_tip", ("AMOUNT", "CURRENCY")),
    "prize": ("tournament_finished", ("tournamentId", "AMOUNT", "CURRENCY")),
    "bonus": ("bonus_issued", ("bonusId", "AMOUNT", "CURRENCY")),
    "forfeit": ("bonus_forfeited", ("bonusId", "AMOUNT", "CURRENCY")),
    "expire": ("bonus_expired", ("bonusId", "AMOUNT", "CURRENCY")),
    "complete": ("wager_complete", ("bonusId", "AMOUNT", "CURRENCY")),
    "register": ("registration", ()),
    "initiate": ("deposit_initiated", ("depositId", "AMOUNT", "CURRENCY")),
    "deposit": ("deposit_success", ("depositId", "AMOUNT", "CURRENCY")),
    "chargeback": ("deposit_chargeback", ("depositId", "AMOUNT", "CURRENCY", "stage?")),
    "give_back": ("deposit_refunded", ("depositId", "AMOUNT", "CURRENCY")),
    "request": ("withdrawal_request", ("withdrawalId", "AMOUNT", "CURRENCY")),
    "approve": ("withdrawal_approved", ("withdrawalId", "AMOUNT?", "CURRENCY?")),
    "pay": ("withdrawal_paid", ("withdrawalId", "AMOUNT", "CURRENCY")),
    "decline": ("withdrawal_declined", ("withdrawalId",)),
    "cancel": ("withdrawal_cancelled", ("withdrawalId",)),
    "debit": ("wallet_debit", ("txnId", "AMOUNT", "CURRENCY")),
    "credit": ("wallet_credit", ("txnId", "AMOUNT", "CURRENCY")),
}
_OPTIONS = {
    "bet": "betId", "txn": "txnId", "provider": "providerId", "game": "gameId", "player": "playerId", "in": "jurisdiction", "id": "eventId",
    "source": "source", "pot": "potId", "scope": "potScope", "type": "type", "paid_as": "paidAs", "reverses": "reversesTxnId", "psp": "pspId",
    "method": "method", "channel": "channel", "ref_type": "refType", "ref": "refId", "wallet_type": "walletType", "affiliate": "affiliateId",
}  # fmt: skip
_CASH = {"deposit_initiated", "deposit_success", "withdrawal_request", "withdrawal_paid"}
_GAMES = {"bet_place"}


@dataclass(frozen=True)
class Case:
    """One case of a file: what it says, what is sent and what must come out."""

    topic: str
    says: str
    events: list[str]
    expect: Mapping[str, Any]
    brand: str
    because: str = ""
    lines: list[str] = field(default_factory=list, compare=False)

    def json_lines(self) -> list[str]:
        """The events as they are landed."""
        told = []
        moment = DAY + timedelta(hours=10)
        for number, text in enumerate(self.events):
            event, moment = _event(text, moment, self.brand, number)
            told.append(json.dumps(event))
        return told


def read_cases(folder: Path) -> list[Case]:
    """All cases of the files of a folder, each with a brand of its own."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text()):
            brand = entry.get("brand", f"{path.stem}_{len(cases):03d}")
            cases.append(Case(path.stem, entry["says"], entry["events"], entry["expect"], brand, entry.get("because", "")))
    return cases


def _event(text: str, previous: datetime, brand: str, number: int) -> tuple[dict[str, Any], datetime]:
    verb, *words = shlex.split(text)
    name, needed = _VERBS[verb]
    options = dict(word.split("=", 1) for word in words if "=" in word)
    given = [word for word in words if "=" not in word]
    event: dict[str, Any] = {
        "event": name, "schemaVer": "1.9", "eventId": f"{brand}-{number}", "playerId": "p", "sessionId": "s", "traceId": "t", "source": "server",
        "brand": brand,
    }  # fmt: skip
    values = dict(zip((key.rstrip("?") for key in needed), given, strict=False))
    amount, currency = values.pop("AMOUNT", None), values.pop("CURRENCY", None)
    event.update(values)
    if amount is not None:
        event[_MONEY.get(verb, "amount")] = {"amount": amount, "currency": currency}
    if name in _GAMES:
        event["gameId"] = f"{brand}_game"
    if name in _CASH:
        event |= {"pspId": brand, "method": "card"}
    if name.startswith("wallet_"):
        event["walletType"] = "cash"
    if name in ("void", "refund"):
        event["reason_code"] = "test"
    moment = previous + timedelta(seconds=1) if number else previous
    for key, value in options.items():
        if key == "at":
            moment = _moment(value)
        elif key == "parts":
            event["components"] = [{"wallet": part.split(":")[0], "amount": part.split(":")[1]} for part in value.split(",")]
        elif key == "jackpot":
            event["jackpotWin"] = dict(zip(("amount", "currency"), value.split(":"), strict=True))
        elif key in ("forfeited", "fee"):
            event[key] = dict(zip(("amount", "currency"), value.split(":"), strict=True))
        elif key == "fx":
            event["fxRate"] = dict(zip(("rate", "base"), value.split(":"), strict=True))
        elif key == "wallet":
            event["wallet"] = {"type": value}
        elif key == "revision":
            event["revision"] = int(value)
        elif key == "end":
            event["isRoundEnd"] = value == "true"
        elif key in ("partial", "isFreeSpin", "isTest"):
            event[key] = value == "true"
        elif key == "latency":
            event["settleLatencyMs"] = int(value)
        elif key == "stake":
            event["stake"] = dict(zip(("amount", "currency"), value.split(":"), strict=True))
        else:
            event[_OPTIONS[key]] = value.replace("$", brand)
    event["ts"] = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    return {key: value for key, value in event.items() if value != ""}, moment


def _moment(text: str) -> datetime:
    days, _, clock = text.rpartition("/")
    time = datetime.strptime(clock, "%H:%M:%S.%f" if "." in clock else "%H:%M:%S")
    return DAY + timedelta(days=int(days or 0), hours=time.hour, minutes=time.minute, seconds=time.second, microseconds=time.microsecond)

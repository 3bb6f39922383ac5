"""Personal data in fields of a product: no copy leaves the restricted area, what belongs together stays together, and nothing else is touched."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Lander, rows
from pitboss.contract.model import Column, Contracts
from pitboss.contract.read import read_contracts
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.masking import _is_text, masked_id, masked_words

KEY = b"k" * 32
CANARIES = {
    "e-mail": "canary{n}@example.com",
    "escaped e-mail": "canary{n}%40example.com",
    "wide e-mail": "canary{n}\uff20example.com",
    "phone": "+49 170 555{n:05d}",
    "IPv4": "203.0.113.{n}",
    "IPv6": "2001:db8::{n:x}",
}
TRACES = ("canary", "555000", "203.0.113", "2001:db8")
"""What would be left of them."""
BESIDE = {"fxRate": {"rate": "1"}, "asset": {"amount": "1"}}
"""What an optional object must hold beside its texts."""


@pytest.mark.parametrize(
    "text",
    [
        "bob@example.com", "write to Bob.Smith+casino@mail.example.co.uk, please", "bob%40example.com", "/x?mail=bob%2540example.com",
        "用户@例子.广告",
        "+491701234567", "call +49 (0)170 123-4567 now", "+1 202 555 0143", "192.168.0.1", "from 203.0.113.9:443", "2001:db8::1", "[fe80::1]",
        "::ffff:192.0.2.1",
    ],
)  # fmt: skip
def test_what_is_personal_in_words_and_ids(text: str) -> None:
    assert masked_words(text) == "[masked]"
    assert masked_id(text, KEY).startswith("m_") and len(masked_id(text, KEY)) == 34


@pytest.mark.parametrize(
    "text", ["4539148803436467", "card 4111-1111 1111 1111.", "378282246310005", "12 4111.1111.1111.1111 34", "2223003122003222", "/pay/4111111111111111"]
)
def test_a_card_is_personal_in_words_only(text: str) -> None:
    """Cards that schemes print for tests. 4539148803436467 doubles to 8+5+6+9+2+4+7+8+0+3+8+3+3+4+3+7 = 80."""
    assert masked_words(text) == "[masked]"
    assert masked_id(text, KEY) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "summer sale 2025", "a@b", "@handle", "1.2.3", "256.1.1.1", "1.2.3.4.5", "12:34:56", "aa:bb:cc:dd:ee:ff", "2025-10-17T14:23:11+02:00", "C++ 11",
        "4539148803436468", "1234567812345670", "41111111111111110", "1760709600000", "202510171423", "x4111111111111111", "+12", "100%", "%zz", "std::map",
    ],
)  # fmt: skip
def test_what_is_not_personal(text: str) -> None:
    """4539148803436468 has the wrong check digit, 1234567812345670 begins as no card, and a time or a version is nobody's address."""
    assert masked_words(text) == text
    assert masked_id(text, KEY) == text


def test_equal_stays_equal_and_different_stays_different() -> None:
    assert masked_id("bob@example.com", KEY) == masked_id("bob@example.com", KEY) != masked_id("ann@example.com", KEY)
    assert masked_id("bob@example.com", KEY) != masked_id("bob@example.com", b"l" * 32)


def test_numbers_stay_the_keys_that_they_are(home: Home, land_lines: Lander) -> None:
    """One in ten of sixteen digits has the check digit of a card."""
    ids = [str(4539_0000_0000_0000 + 7919 * n) for n in range(100_000)]
    [landed] = land_lines(*(json.dumps(_bet(f"e{n}", playerId=player, roundId=player)) for n, player in enumerate(ids)))
    assert landed.entry is not None and landed.entry.landed == 100_000
    assert rows(home, "landing/bet_place/*/*.parquet", "count(distinct player_id), count(distinct round_id), min(player_id)") == [(100_000, 100_000, ids[0])]
    assert not [violation for violation in landed.entry.violations if violation.reason == "personal_data_masked"]


def test_no_text_field_of_any_contract_lets_personal_data_out(home: Home, tmp_path: Path) -> None:
    """A canary of each kind in every text field of every event, in the names of the file and of its channel too."""
    contracts = read_contracts()
    folder = tmp_path / "inbox" / "channel of canary@example.com"
    folder.mkdir(parents=True)
    lines = canary_lines(contracts)
    sent = sum(_is_text(column) for event in contracts.events for column in contracts.columns(event)) * len(CANARIES)
    path = folder / "export of canary@example.com.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    [landed] = land(home, [(path, folder.name)])
    assert landed.entry is not None and (landed.entry.landed, landed.entry.quarantined) == (len(lines), 0)
    masked = {violation.event: violation.events for violation in landed.entry.violations if violation.reason == "personal_data_masked"}
    assert masked == dict.fromkeys(contracts.events, len(CANARIES))
    open_files = [file for file in home.root.rglob("*") if file.is_file() and home.restricted not in file.parents]
    assert len(open_files) > len(contracts.events)
    leaked = [(file.name, text) for file in open_files for text in _texts(file) for trace in TRACES if trace in text]
    assert not leaked
    assert rows(home, "restricted/masked/*.parquet", "count(*)") == [(sent,)]


def test_a_masked_event_is_still_known_when_it_comes_again(home: Home, land_lines: Lander) -> None:
    line = json.dumps(_bet("bob@example.com", playerId="bob@example.com"))
    [first] = land_lines(line, name="one.jsonl")
    [second] = land_lines(line, "", name="two.jsonl")
    assert first.entry is not None and second.entry is not None
    assert (first.entry.landed, second.entry.landed, second.entry.duplicates, second.entry.conflicts) == (1, 0, 1, 0)
    [(event_id, player_id)] = rows(home, "landing/bet_place/*/*.parquet", "event_id, player_id")
    assert event_id == player_id
    assert rows(home, "restricted/masked/*.parquet", "field, value") == [("event_id", "bob@example.com"), ("player_id", "bob@example.com")] * 2


def canary_lines(contracts: Contracts) -> list[dict[str, Any]]:
    """Each event with a canary in every text field, once for each kind of canary."""
    lines = []
    for event, contract in contracts.events.items():
        for number, (kind, canary) in enumerate(CANARIES.items()):
            line = json.loads(contract.good[0])
            for at, column in enumerate(column for column in contracts.columns(event) if _is_text(column)):
                text = canary.format(n=10 + at)
                _put(line, column, [text] if column.data_type.endswith("[]") else text)
            lines.append({**line, "eventId": f"{kind} {event} canary{number}@example.com"})
    return lines


def _bet(event_id: str, **fields: Any) -> dict[str, Any]:
    bet = {"event": "bet_place", "schemaVer": "1.8", "eventId": event_id, "ts": "2025-10-17T14:00:00Z", "playerId": "p", "sessionId": "s", "traceId": "t"}
    return {**bet, "source": "server", "roundId": "r", "gameId": "g", "stake": {"amount": "1.00", "currency": "EUR"}, **fields}


def _put(line: dict[str, Any], column: Column, value: Any) -> None:
    """Set a field, and the objects above it."""
    if column.path[0] in BESIDE:
        line.setdefault(column.path[0], dict(BESIDE[column.path[0]]))
    for part in column.path[:-1]:
        line = line.setdefault(part, {})
    line[column.path[-1]] = value


def _texts(file: Path) -> list[str]:
    """All text of a file, whatever its form."""
    if file.suffix != ".parquet":
        return [file.read_bytes().decode("utf-8", "replace")]
    return [str(row) for row in duckdb.sql(f"select * from read_parquet('{file}')").fetchall()]

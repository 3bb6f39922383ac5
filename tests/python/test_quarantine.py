"""The quarantine as people use it: what waits, trying it again, and deciding about conflicts. Every line stays accounted for."""

import json
import stat
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from conftest import query, rows
from pitboss.cli import main
from pitboss.contract.model import Contracts
from pitboss.contract.read import read_contracts
from pitboss.errors import QuarantineError
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.ledger import Entry, Ledger
from pitboss.landing.quarantine import HINTS
from pitboss.landing.replay import conflict, decide, replay
from pitboss.landing.session import session
from pitboss.landing.waiting import quarantine
from test_landing import bet

EARLY = datetime(2025, 10, 17, 13, tzinfo=UTC)
LATER = datetime(2025, 11, 17, 13, tzinfo=UTC)
NOVEMBER = {"ts": "2025-11-01T12:00:00.000Z"}


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def pitboss(home: Home, *arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--home", str(home.root), *arguments])
    assert result.exit_code == code, result.output
    return result


def stricter(event: str = "bet_place", **rules: Any) -> Contracts:
    """The contracts, with further rules for the event's `game_id`."""
    contracts = read_contracts()
    contract = contracts.events[event]
    columns = tuple(changed(column, **rules) if column.name == "game_id" else column for column in contract.columns)
    return changed(contracts, events={**contracts.events, event: changed(contract, columns=columns)})


def put(home: Home, name: str, *lines: str | bytes, now: datetime = LATER, contracts: Contracts | None = None) -> Entry:
    """Land lines as a file of the channel `web`."""
    path = home.root.parent / "web" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines))
    [landed] = land(home, [(path, "web")], now=now, contracts=contracts)
    assert landed.entry, landed.error
    balanced(home)
    return landed.entry


def try_again(home: Home, where: str = "true", now: datetime = LATER) -> list[tuple[int, int, int, int, int]]:
    """Replay; lines, landed, duplicates, quarantined for another reason, and stayed, for each file."""
    with session(home, now) as turn:
        found = list(replay(turn, where))
    balanced(home)
    return [(tried.lines, *((tried.entry.landed, tried.entry.duplicates) if tried.entry else (0, 0)), tried.moved, tried.stayed) for tried in found]


def waiting(home: Home, select: str = "reason", view: str = "waiting") -> list[Any]:
    with quarantine(home, Ledger(home)) as connection:
        found = connection.execute(f"select {select} from {view} order by all").fetchall()
    return [row[0] if len(row) == 1 else row for row in found]


def balanced(home: Home) -> None:
    """Every line that ever came is a landed row, in the quarantine, or a duplicate; the counts of the ledger say the same."""
    ledger = Ledger(home)
    for entry in ledger.entries:
        assert entry.lines == entry.landed + entry.quarantined + entry.duplicates
        assert entry.quarantined == sum(v.events for v in entry.violations if v.is_quarantined)
    landed = sum(part.rows for part in ledger.all_parts("parts"))
    there = sum(pq.read_metadata(home.root / part.path).num_rows for part in ledger.all_parts("parts"))
    kept = waiting(home, "count(*)", "evidence")[0]
    duplicates = sum(entry.duplicates for entry in ledger.entries)
    assert sum(entry.lines for entry in ledger.entries) == landed + kept + duplicates
    assert landed == there == sum(entry.landed for entry in ledger.entries)
    total: Counter[str] = Counter()
    for entry in ledger.entries:
        for violation in entry.violations:
            total[violation.reason] += violation.events if violation.is_quarantined else 0
    assert {reason: count for reason, count in total.items() if count} == Counter(waiting(home, "reason", "evidence"))
    refusals = [str(home.root / part.path) for part in ledger.all_parts("refusals")]
    if refusals:
        [(net,)] = duckdb.sql(f"select coalesce(sum(weight), 0) from read_parquet({refusals}) where reason <> 'unknown_field'").fetchall()
        assert net == kept


# ------------------------------------------------------------ list and show

BAD = b'{"event":"bet_place","x":"\xff\x1b[31m\xe2\x80\xae"'


def test_every_reason_of_the_contracts_has_a_fix() -> None:
    named = {example.reason for contract in read_contracts().events.values() for example in contract.bad}
    assert not {*named, "conflict", "line_too_long", "future_timestamp", "not_an_object", "malformed_json"} - HINTS.keys()


def test_list_counts_by_reason_event_and_file(home: Home) -> None:
    assert pitboss(home, "quarantine", "list").output == "the quarantine is empty\n"
    put(home, "a.jsonl", "nonsense", bet("e1", stake=euro("1e3")), bet("good"))
    put(home, "b.jsonl", bet("e2", stake=euro("1.000000001")), BAD)
    records = [json.loads(text) for text in pitboss(home, "quarantine", "list", "--json").output.splitlines()]
    assert [(r["by"], r["value"], r["lines"], r["example"]["file"], r["example"]["line"]) for r in records] == [
        ("reason", "bad_money", 2, "a.jsonl", 2),
        ("reason", "malformed_json", 2, "a.jsonl", 1),
        ("event", "bet_place", 2, "a.jsonl", 2),
        ("event", "unknown", 2, "a.jsonl", 1),
        ("file", "web/a.jsonl", 2, "a.jsonl", 1),
        ("file", "web/b.jsonl", 2, "b.jsonl", 1),
    ]
    assert all(r["fix"] == HINTS[r["example"]["reason"]] for r in records)
    text = pitboss(home, "quarantine", "list", "--by", "reason").output
    assert "        2  bad_money\n             first  web/a.jsonl line 2: bad_money at /stake/amount\n             fix    an amount is" in text


def test_of_a_line_that_comes_millions_of_times_a_thousand_copies_are_kept(home: Home) -> None:
    entry = put(home, "many.jsonl", *[b"{}"] * 5000, b"{ }", b"[]")
    assert (entry.lines, entry.quarantined, entry.duplicates) == (5002, 1002, 4000)
    assert waiting(home, "cast(raw as varchar) as raw, count(*) as lines", "waiting group by raw") == [("[]", 1), ("{ }", 1), ("{}", 1000)]


def test_show_finds_lines_and_gives_their_exact_bytes(home: Home) -> None:
    put(home, "a.jsonl", "nonsense", bet("e1", stake=euro("1e3")), bet("good"), BAD + b"\r")
    put(home, "b.jsonl", "nonsense too")
    raw = ["quarantine", "show", "--raw"]
    assert pitboss(home, *raw, "--reason", "malformed_json").stdout_bytes == b"nonsense\n" + BAD + b"\r\nnonsense too\n"
    assert pitboss(home, *raw, "--event", "bet_place").stdout_bytes == bet("e1", stake=euro("1e3")).encode() + b"\n"
    assert pitboss(home, *raw, "--file", "a.jsonl", "--line", "1").stdout_bytes == b"nonsense\n"
    assert pitboss(home, *raw, "--file", Ledger(home).entries[1].load_id).stdout_bytes == b"nonsense too\n"
    limited = pitboss(home, *raw, "--limit", "2")
    assert limited.stdout_bytes.count(b"\n") == 2 and "the first 2; --limit shows more" in limited.stderr
    assert "no line in the quarantine fits" in pitboss(home, *raw, "--reason", "no such").stderr


def test_what_is_shown_cannot_attack_a_terminal(home: Home) -> None:
    put(home, "a\x1b[2J.jsonl", BAD, b'"\x9b31m \xc2\x9b32m \x7f\r')
    text = pitboss(home, "quarantine", "show").stdout + pitboss(home, "quarantine", "list").stdout
    assert not [c for c in text if unicodedata.category(c)[0] == "C" and c != "\n"]
    assert r"\xff\x1b[31m\u202e" in text and r"a\x1b[2J.jsonl" in text
    as_json = pitboss(home, "quarantine", "show", "--json").stdout
    assert as_json.replace("\n", "").isascii() and as_json.replace("\n", "").isprintable()
    assert [json.loads(line)["raw"] for line in as_json.splitlines()] == [None, None]


def test_of_many_unknown_fields_none_is_lost(home: Home) -> None:
    """Also where one of them comes twice, though nobody looks for that in each of them."""
    line = bet("e")[:-1] + "".join(f',"new{n}":{n}' for n in range(40)) + ',"new7":"again"}'
    entry = put(home, "a.jsonl", line)
    assert (entry.landed, entry.quarantined) == (1, 0)
    kept = sorted(rows(home, "restricted/unknown/*.parquet", "pointer, value"))
    assert kept == sorted([*((f"/new{n}", str(n).encode()) for n in range(40)), ("/new7", b'"again"')])


# ------------------------------------------------------------ replay


def test_lines_land_once_a_contract_is_mended(home: Home) -> None:
    lines = [bet(f"e{n}", geo={"ip": f"203.0.113.{n}"}, note=n) for n in range(5)]
    entry = put(home, "a.jsonl", *lines, "nonsense", contracts=stricter(max_length=1))
    assert (entry.landed, entry.quarantined) == (0, 6)
    assert try_again(home) == [(6, 5, 0, 0, 1)]
    assert waiting(home) == ["malformed_json"]
    assert rows(home, "restricted/vault/bet_place/*/*.parquet", "count(*), count(distinct geo_ip)") == [(5, 5)]
    assert rows(home, "restricted/unknown/*.parquet", "count(*)") == [(5,)]
    seqs = len(Ledger(home).entries)
    assert try_again(home) == [(1, 0, 0, 0, 1)]
    assert len(Ledger(home).entries) == seqs, "what changes nothing is no entry"
    again = put(home, "b.jsonl", *lines)
    assert (again.landed, again.duplicates) == (0, 5)
    assert not list(home.incoming.iterdir())


def test_each_line_goes_where_it_belongs_now(home: Home) -> None:
    put(home, "landed.jsonl", bet("twin", **NOVEMBER), bet("rival", **NOVEMBER))
    future = [bet("fresh", **NOVEMBER), bet("twin", **NOVEMBER), bet("rival", stake=euro("3.00"), **NOVEMBER), bet("far", ts="2025-12-24T12:00:00Z")]
    other = bet("worse", gameId="gg", **NOVEMBER)
    put(home, "early.jsonl", *future, "nonsense", other, now=EARLY)
    assert Counter(waiting(home)) == {"future_timestamp": 5, "malformed_json": 1}
    with session(home, LATER, stricter(max_length=2, pattern="g1|x")) as turn:
        [tried] = replay(turn)
    balanced(home)
    assert tried.entry and (tried.lines, tried.entry.landed, tried.entry.duplicates, tried.moved, tried.stayed) == (6, 1, 1, 2, 2)
    assert waiting(home, "reason, file, line") == [
        ("bad_value", "early.jsonl", 6),
        ("conflict", "early.jsonl", 3),
        ("future_timestamp", "early.jsonl", 4),
        ("malformed_json", "early.jsonl", 5),
    ]
    assert [key.event_id for key in Ledger(home).open_conflicts] == ["rival"]
    offset = len("\n".join(future)) + len("\nnonsense\n")
    assert waiting(home, "byte_offset, raw, channel")[-1:] == [(offset, other.encode(), "web")]
    # a line that moved is tried again like any other, and leaves its second place once too
    assert try_again(home) == [(2, 0, 0, 0, 2), (1, 1, 0, 0, 0)]
    assert try_again(home) == [(2, 0, 0, 0, 2)]


def test_two_copies_of_one_line_leave_together(home: Home) -> None:
    put(home, "a.jsonl", bet("e1"), bet("e1"), bet("e1", stake=euro("3.00")), contracts=stricter(max_length=1))
    put(home, "b.jsonl", bet("e1"), bet("e2"), contracts=stricter(max_length=1))
    assert try_again(home) == [(3, 1, 1, 1, 0), (2, 1, 1, 0, 0)]
    assert waiting(home) == ["conflict"]


def test_only_what_is_asked_for_is_tried_again(home: Home) -> None:
    put(home, "a.jsonl", bet("e1"), bet("e2", ts="2025-11-01T12:00:00Z"), now=EARLY, contracts=stricter(max_length=1))
    put(home, "b.jsonl", bet("e3"), contracts=stricter(max_length=1))
    result = pitboss(home, "quarantine", "replay", "--reason", "bad_value", "--file", "a.jsonl")
    assert result.stdout.splitlines() == [
        f"{name} 2 lines = 2 landed + 0 duplicates + 0 for another reason + 0 stayed" for name in ("web/a.jsonl:", "replayed ")
    ]
    assert pitboss(home, "quarantine", "replay", "--event", "login").stdout == "nothing to replay\n"
    record = json.loads(pitboss(home, "quarantine", "replay", "--json").stdout)
    assert record == {"seq": 4, "channel": "web", "file": "b.jsonl", "lines": 1, "landed": 1, "duplicates": 0, "other_reason": 0, "stayed": 0}
    balanced(home)


def test_replays_in_small_batches_are_whole(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, "a.jsonl", *(bet(f"e{n}") if n % 3 else f"nonsense {n}" for n in range(20)), contracts=stricter(max_length=1))
    monkeypatch.setattr("pitboss.landing.waiting._AT_ONCE", 6)
    monkeypatch.setattr("pitboss.landing.waiting._BYTES_AT_ONCE", 600)
    tried = try_again(home)
    assert len(tried) > 4 and [sum(column) for column in zip(*tried, strict=True)] == [20, 13, 0, 0, 7]
    assert pitboss(home, "quarantine", "show", "--raw").stdout_bytes == b"".join(b"nonsense %d\n" % n for n in range(0, 20, 3))


def test_a_line_that_begins_with_a_byte_order_mark_stays_as_it_is(home: Home) -> None:
    line = b"\xef\xbb\xbf" + bet("e1").encode()
    put(home, "a.jsonl", "nonsense", line)
    assert try_again(home, "line = 2") == [(1, 0, 0, 0, 1)]


# ------------------------------------------------------------ conflicts

A, B, C = bet("e1"), bet("e1", stake=euro("3.00")), bet("e1", stake=euro("4.00"))


def counting(home: Home, keep: int | None) -> Entry:
    """Decide about e1; `keep` counts from 1."""
    with session(home, LATER) as turn:
        key, contents = conflict(turn, "e1")
        entry = decide(turn, key, contents, None if keep is None else contents[keep - 1])
    balanced(home)
    assert entry.kind == "resolution" and Ledger(home).entries[-1] == entry
    return entry


def amounts(home: Home) -> list[str]:
    """Stakes of the rows that count, as the landing views decide it."""
    ledger = Ledger(home)
    found = rows(home, "landing/bet_place/*/*.parquet", "event_id, event_day, load_seq, stake_amount")
    kept = []
    named = {c for entry in ledger.entries for c in entry.conflict_ids}
    for event_id, day, seq, amount in found:
        decided = [r for entry in ledger.entries for r in entry.resolutions if (r.event_id, r.event_day) == (event_id, day)]
        is_named = any((key.event_id, key.event_day) == (event_id, day) for key in named)
        is_open = any((key.event_id, key.event_day) == (event_id, day) for key in ledger.open_conflicts)
        if not is_named or (not is_open and decided and decided[-1].kept_seq == seq):
            kept.append(str(amount))
    return sorted(kept)


def test_contents_side_by_side(home: Home) -> None:
    assert pitboss(home, "quarantine", "conflicts").output == "no id is in conflict that nothing is decided about\n"
    put(home, "a.jsonl", bet("e1", geo={"country": "DE", "ip": "203.0.113.5"}))
    put(home, "b.jsonl", bet("e1", geo={"country": "DE", "ip": "203.0.113.6"}, stake=euro("3.00")))
    text = pitboss(home, "quarantine", "conflicts").output
    assert "1  landed by load 1, web/a.jsonl" in text and "2  came as web/b.jsonl line 1" in text
    marked = [line.split() for line in text.splitlines() if line.startswith("  *")]
    assert marked == [["*", "geo_ip", "(personal)", "(personal)"], ["*", "stake_amount", "2", "3"]] or sorted(marked) == sorted(
        [["*", "geo_ip", "(personal)", "(personal)"], ["*", "stake_amount", "2", "3"]]
    )
    assert "203.0.113" not in text + pitboss(home, "quarantine", "conflicts", "e1", "--json").output
    shown = json.loads(pitboss(home, "quarantine", "conflicts", "e1", "--json", "--personal").output)
    assert [content["fields"]["geo_ip"] for content in shown["contents"]] == ["203.0.113.5", "203.0.113.6"]
    assert shown["is_open"] and sorted(shown["differ"]) == ["geo_ip", "stake_amount"]
    assert "e9: is in no conflict" in pitboss(home, "quarantine", "conflicts", "e9", code=1).output


def test_the_landed_content_is_kept(home: Home) -> None:
    put(home, "a.jsonl", A)
    put(home, "b.jsonl", B, B)
    assert amounts(home) == []
    result = pitboss(home, "quarantine", "resolve", "e1", "--keep", "1")
    assert result.output == "bet_place 2025-10-17 e1: content 1 of 2 counts, as ledger entry 3\n"
    assert amounts(home) == ["2.00000000"] and waiting(home) == [] and waiting(home, view="evidence") == ["conflict", "conflict"]
    again = put(home, "c.jsonl", B, A, "nonsense")
    assert (again.landed, again.quarantined, again.duplicates) == (0, 1, 2), "a content that was decided against is a duplicate"
    assert amounts(home) == ["2.00000000"]
    assert "that is what was decided before" in pitboss(home, "quarantine", "resolve", "e1", "--keep", "1", code=1).output
    for wrong in ("0", "3", "one"):
        assert "--keep is none or a number from 1 to 2" in pitboss(home, "quarantine", "resolve", "e1", "--keep", wrong, code=1).output


def test_decisions_are_taken_back_and_a_further_content_opens_them(home: Home) -> None:
    put(home, "a.jsonl", A)
    put(home, "b.jsonl", B, B)
    for keep, expected in ((1, ["2.00000000"]), (2, ["3.00000000"]), (None, []), (2, ["3.00000000"]), (1, ["2.00000000"])):
        counting(home, keep)
        assert amounts(home) == expected
    assert rows(home, "landing/bet_place/*/*.parquet", "count(*)") == [(2,)], "the second content landed once"
    assert waiting(home, view="evidence") == []
    put(home, "c.jsonl", C)
    assert amounts(home) == [] and waiting(home) == ["conflict"]
    counting(home, 3)
    assert amounts(home) == ["4.00000000"]
    counting(home, 2)
    assert amounts(home) == ["3.00000000"]


def test_nothing_depends_on_which_content_came_first(home: Home, tmp_path: Path) -> None:
    found = []
    for number, order in enumerate(((A, B), (B, A))):
        other = Home(tmp_path / str(number) / "home")
        other.root.parent.mkdir()
        for name, line in zip("ab", order, strict=True):
            put(other, f"{name}.jsonl", line)
        keep = 1 + order.index(B)
        counting(other, keep)
        found.append((amounts(other), waiting(other)))
        put(other, "c.jsonl", A, B)
        found.append((amounts(other), waiting(other)))
    assert found == [(["3.00000000"], [])] * 4


def test_what_is_amiss_counts_for_the_content_that_counts(home: Home) -> None:
    def missing() -> int:
        return sum(v.events for entry in Ledger(home).entries for v in entry.violations if v.reason == "missing_source")

    put(home, "a.jsonl", A)
    put(home, "b.jsonl", bet("e1", source=None))
    assert missing() == 0
    for keep, expected in ((2, 1), (1, 0), (2, 1), (None, 0)):
        counting(home, keep)
        assert missing() == expected


def test_an_id_under_two_days_is_asked_for(home: Home) -> None:
    put(home, "a.jsonl", A, B, bet("e1", **NOVEMBER), bet("e1", stake=euro("3.00"), **NOVEMBER))
    said = pitboss(home, "quarantine", "resolve", "e1", "--keep", "1", code=1).output
    assert "bet_place of 2025-10-17, bet_place of 2025-11-01. Name one with --event and --day." in said
    assert "2025-11-01 e1: no copy counts" in pitboss(home, "quarantine", "resolve", "e1", "--keep", "none", "--day", "2025-11-01").output
    assert [str(key.event_day) for key in Ledger(home).open_conflicts] == ["2025-10-17"]
    assert "e1: decided: no copy counts" in pitboss(home, "quarantine", "conflicts", "--all").output


def test_what_the_gate_refuses_now_cannot_be_kept(home: Home) -> None:
    put(home, "a.jsonl", A)
    put(home, "b.jsonl", bet("e1", gameId="g22"))
    with session(home, LATER, stricter(max_length=2)) as turn:
        key, contents = conflict(turn, "e1")
        with pytest.raises(QuarantineError, match=r"the gate refuses this content now \(bad_value\)"):
            decide(turn, key, contents, contents[1])
    assert len(Ledger(home).entries) == 2 and not list(home.incoming.iterdir())
    balanced(home)


def test_amounts_that_a_float_cannot_tell_apart_are_two_contents(home: Home) -> None:
    other, third = (bet("e1", stake=euro(f"12345678901234.000{n}")) for n in (1, 2))
    put(home, "a.jsonl", A)
    put(home, "b.jsonl", other)
    counting(home, 1)
    assert put(home, "c.jsonl", third).conflicts == 1
    assert amounts(home) == []


def test_the_views_follow_decisions(built_home: Home) -> None:
    put(built_home, "a.jsonl", A)
    put(built_home, "b.jsonl", B)
    seen = []
    for keep in ("2", "1", "none"):
        pitboss(built_home, "quarantine", "resolve", "e1", "--keep", keep)
        stakes = query(built_home, "select stake_amount from staging.stg_gameplay__bets where event_id = 'e1'")
        seen.append([str(amount) for (amount,) in stakes])
    assert seen == [["3.00000000"], ["2.00000000"], []]


def test_personal_data_stay_restricted(home: Home) -> None:
    secret = "203.0.113.77"
    lines = [bet(f"e{n}", geo={"ip": secret}, contact=secret) for n in range(3)]
    put(home, "a.jsonl", *lines, bet("e9", stake=euro("1e3"), contact=secret), contracts=stricter(max_length=1))
    put(home, "b.jsonl", bet("e0", geo={"ip": secret}, stake=euro("9.00")), bet("e1"))
    try_again(home)
    with session(home, LATER) as turn:
        decide(turn, *(found := conflict(turn, "e0")), found[1][1])
    seen = set()
    for path in (path for path in home.root.rglob("*") if path.is_file()):
        data = path.read_bytes() + (repr(pq.read_table(path).to_pydict()).encode() if path.suffix == ".parquet" else b"")
        if home.restricted in path.parents:
            seen |= {path.relative_to(home.restricted).parts[0]} if secret.encode() in data else set()
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        else:
            assert secret.encode() not in data, path
    assert seen == {"vault", "quarantine", "unknown", "conflicts"}
    assert not [path for path in home.restricted.rglob("*") if path.is_dir() and stat.S_IMODE(path.stat().st_mode) != 0o700]


def test_a_home_that_is_written_to_is_left_alone(home: Home) -> None:
    put(home, "a.jsonl", A, B, "nonsense")
    before: Sequence[Path] = sorted(home.root.rglob("*"))
    with home.lock():
        for arguments in (("replay",), ("resolve", "e1", "--keep", "1")):
            assert "another pitboss process" in pitboss(home, "quarantine", *arguments, code=1).output
        assert "nonsense" in pitboss(home, "quarantine", "show").output
    assert sorted(home.root.rglob("*")) == before

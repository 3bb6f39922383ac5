"""Landing through the real gate, files and ledger: what comes in is landed, quarantined or a duplicate, exactly once."""

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from conftest import Lander, quarantined, rows
from pitboss.cli import main
from pitboss.contract.model import Contracts
from pitboss.contract.read import read_contracts
from pitboss.disk import Disk
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.ledger import Entry, Ledger, recover

SAMPLES = (
    '{"event":"bet_place","schemaVer":"1.8","ts":"2025-10-17T14:23:11.482Z","playerId":"p_82917","sessionId":"s_2f4c","traceId":"tr_b1d7",'
    '"gameId":"pragm_doghouse_megaways","roundId":"R-2025-10-17-14:23:10-PRAGM-12","stake":{"amount":"2.00","currency":"EUR"},'
    '"wallet":{"type":"cash","balanceBefore":"154.40"},"device":{"ua":"Mozilla/...","os":"Android","app":"web"},'
    '"geo":{"country":"DE","ip":"203.0.113.5"},"ab":{"exp":"lobby-grid","var":"B"}}',
    '{"event":"stream_qos","ts":"2025-10-17T14:23:12.013Z","playerId":"p_82917","tableId":"evo_blackjack_23","webrtc_rtt_ms":142,"fps":28,'
    '"dropped_frames":6,"bitrate_kbps":2400,"network":"4g"}',
)


def bet(event_id: str = "e1", **changes: Any) -> str:
    """A good bet_place line, changed as asked; a value of None takes the key away."""
    fields: dict[str, Any] = {
        "event": "bet_place",
        "schemaVer": "1.8",
        "eventId": event_id,
        "ts": "2025-10-17T12:00:00.000Z",
        "playerId": "p1",
        "sessionId": "s1",
        "traceId": "t1",
        "source": "server",
        "roundId": "r1",
        "gameId": "g1",
        "stake": {"amount": "2.00", "currency": "EUR"},
    }
    return json.dumps({key: value for key, value in {**fields, **changes}.items() if value is not None})


def counts(entry: Entry | None) -> tuple[int, int, int, int]:
    """lines, landed, quarantined, duplicates; and that they add up."""
    assert entry
    assert entry.lines == entry.landed + entry.quarantined + entry.duplicates
    return entry.lines, entry.landed, entry.quarantined, entry.duplicates


def recorded(entry: Entry | None) -> dict[tuple[str, str], int]:
    assert entry
    return {(v.event, v.reason): v.events for v in entry.violations if not v.is_quarantined}


def test_the_sample_events_land_with_their_violations(land_lines: Lander, home: Home) -> None:
    [landed] = land_lines(*SAMPLES)
    assert counts(landed.entry) == (2, 2, 0, 0)
    assert recorded(landed.entry) == {
        ("bet_place", "derived"): 1,
        ("bet_place", "missing_source"): 1,
        ("stream_qos", "derived"): 1,
        ("stream_qos", "missing_schema_ver"): 1,
        ("stream_qos", "missing_session_id"): 1,
        ("stream_qos", "missing_source"): 1,
        ("stream_qos", "missing_trace_id"): 1,
    }
    found = rows(home, "landing/bet_place/*/*.parquet", "stake_amount, stake_currency, wallet_balance_before, geo_country, device_os, ab_var, inbox")
    assert [tuple(map(str, row)) for row in found] == [("2.00000000", "EUR", "154.40000000", "DE", "Android", "B", "web")]


def test_personal_data_stay_in_the_restricted_area(land_lines: Lander, home: Home) -> None:
    stray = bet("e9", contact="someone@example.org", device={"os": "iOS", "imei": "490154203237518"})
    login = (
        '{"event":"login","schemaVer":"1.8","eventId":"e8","ts":"2025-10-17T12:00:00Z","playerId":"p1","sessionId":"s","traceId":"t",'
        '"source":"web","deviceId":"device-77","geo":{"country":"DE","ip":"198.51.100.7"}}'
    )
    land_lines(*SAMPLES, stray, login)
    secrets = (b"203.0.113.5", b"Mozilla/...", b"someone@example.org", b"490154203237518", b"198.51.100.7", b"device-77")
    seen_inside = b""
    for path in home.root.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.suffix == ".parquet":  # compressed: look at the values too
            data += repr(pq.read_table(path).to_pydict()).encode()
        if home.restricted in path.parents:
            seen_inside += data
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        else:
            assert not [secret for secret in secrets if secret in data], path
    assert all(secret in seen_inside for secret in secrets[:5])
    assert stat.S_IMODE(home.restricted.stat().st_mode) == 0o700


def test_exact_replays_are_duplicates_however_they_are_written(land_lines: Lander) -> None:
    event = json.loads(bet("e1"))
    reordered = json.dumps(dict(reversed(event.items())), indent=None, separators=(" ,", " : "))
    [first] = land_lines(bet("e1"), reordered, bet("e1", unknown=1), name="one.jsonl")
    assert counts(first.entry) == (3, 1, 0, 2)
    [second] = land_lines(reordered, bet("e2"), name="two.jsonl")
    assert counts(second.entry) == (2, 1, 0, 1)


def test_the_same_content_again_lands_nothing(land_lines: Lander, home: Home) -> None:
    land_lines(bet("e1"), bet("e2"), name="one.jsonl")
    [again] = land_lines(bet("e1"), bet("e2"), name="other name.jsonl")
    assert again.is_known and again.entry and again.entry.seq == 1
    assert len(rows(home, "landing/bet_place/*/*.parquet")) == 2


@pytest.mark.parametrize("is_one_file", [True, False])
def test_one_id_with_two_contents_is_a_conflict(is_one_file: bool, land_lines: Lander, home: Home) -> None:
    one, other = bet("e1"), bet("e1", stake={"amount": "3.00", "currency": "EUR"})
    if is_one_file:
        [last] = land_lines(one, other, bet("e2"))
        assert counts(last.entry) == (3, 2, 1, 0)
    else:
        land_lines(one, name="one.jsonl")
        [last] = land_lines(other, bet("e2"), name="two.jsonl")
        assert counts(last.entry) == (2, 1, 1, 0)
    assert last.entry and last.entry.conflicts == 1
    assert [(c.event, str(c.event_day), c.event_id) for c in last.entry.conflict_ids] == [("bet_place", "2025-10-17", "e1")]
    assert quarantined(home, "reason, raw") == [("conflict", other.encode())]


def test_personal_fields_are_part_of_the_content(land_lines: Lander) -> None:
    one = bet("e1", geo={"country": "DE", "ip": "203.0.113.5"})
    [first] = land_lines(one, one)
    assert counts(first.entry) == (2, 1, 0, 1)
    [second] = land_lines(bet("e1", geo={"country": "DE", "ip": "203.0.113.6"}), name="two.jsonl")
    assert counts(second.entry) == (1, 0, 1, 0)


def test_an_event_without_an_id_gets_the_same_one_again(land_lines: Lander, home: Home) -> None:
    line = bet("x").replace('"eventId": "x", ', "")
    [first] = land_lines(line, json.dumps(dict(reversed(json.loads(line).items()))), name="one.jsonl")
    [second] = land_lines(line, line.replace('"2.00"', '"2.0"'), name="two.jsonl")
    assert counts(first.entry) == (2, 1, 0, 1)
    assert counts(second.entry) == (2, 1, 0, 1), "another spelling of a number is another canonical JSON"
    assert recorded(first.entry) == {("bet_place", "derived"): 1}


PARTS = [{"wallet": "cash", "amount": "0.50"}, {"wallet": "bonus", "amount": "0.50", "x": True}]


def test_unknown_fields_are_kept_aside_and_their_event_lands(land_lines: Lander, home: Home) -> None:
    [landed] = land_lines(bet("e1", note="ünï \u0000", stake={"amount": "1.00", "currency": "EUR", "tax": [1, 2.5]}, components=PARTS))
    assert counts(landed.entry) == (1, 1, 0, 0)
    assert recorded(landed.entry) == {("bet_place", "unknown_field"): 1}
    found = rows(home, "restricted/unknown/*.parquet", "event_id, line, pointer, value")
    assert sorted(found) == [("e1", 1, "/components/1/x", b"true"), ("e1", 1, "/note", b'"\\u00fcn\\u00ef \\u0000"'), ("e1", 1, "/stake/tax", b"[1, 2.5]")]


def test_offsets_become_utc_and_days_are_utc_days(land_lines: Lander, home: Home) -> None:
    land_lines(bet("e1", ts="2025-10-18T01:30:00.250+02:00"))
    assert rows(home, "landing/bet_place/dt=2025-10-17/*.parquet", "ts, event_day::varchar") == [(datetime(2025, 10, 17, 23, 30, 0, 250000), "2025-10-17")]


def test_a_time_finer_than_milliseconds_is_cut_and_counted_where_a_digit_is_lost(land_lines: Lander, home: Home) -> None:
    """Once an event, whichever of its times it is; a digit that says 0 loses nothing."""
    exclusion = '{"event":"self_exclusion","schemaVer":"1.8","ts":"2025-10-17T12:00:00Z","playerId":"p","sessionId":"s","traceId":"t","source":"server"'
    [landed] = land_lines(
        bet("python", ts="2025-10-17T10:00:00.123456Z"),
        bet("zeros", ts="2025-10-17T10:00:00.123000Z"),
        bet("go", ts="2025-10-17T10:00:00.123456789Z"),
        bet("late", ts="2025-10-17T10:00:00.123000001+02:00"),
        bet("up", ts="2025-10-17T23:59:59.999999999Z"),
        bet("offset", ts="2025-10-17T10:00:00.123+02:34"),
        bet("received", receivedTs="2025-10-17T12:00:01.9999Z"),
        bet("both", ts="2025-10-17T10:00:00.0001Z", receivedTs="2025-10-17T10:00:00.0001Z"),
        bet("rate", fxRate={"rate": "1.1", "base": "EUR", "fixedAt": "2025-10-17T10:00:00.00000001Z"}),
        f'{exclusion},"eventId":"starts","startTs":"2025-10-17T12:00:00.0009Z","endTs":"2026-10-17T12:00:00.000Z"}}',
        f'{exclusion},"eventId":"ends","startTs":"2025-10-17T12:00:00.000Z","endTs":"2026-10-17T12:00:00.000000Z"}}',
    )
    assert recorded(landed.entry) == {("bet_place", "truncated_timestamp"): 7, ("self_exclusion", "truncated_timestamp"): 1}
    assert dict(rows(home, "landing/bet_place/*/*.parquet", "event_id, strftime(ts, '%d %H:%M:%S.%f')")) == {
        "python": "17 10:00:00.123000",
        "zeros": "17 10:00:00.123000",
        "go": "17 10:00:00.123000",
        "late": "17 08:00:00.123000",
        "up": "17 23:59:59.999000",
        "offset": "17 07:26:00.123000",
        "received": "17 12:00:00.000000",
        "both": "17 10:00:00.000000",
        "rate": "17 12:00:00.000000",
    }
    assert rows(home, "landing/bet_place/*/*.parquet", "distinct event_day::varchar") == [("2025-10-17",)]
    others = {event_id: times for event_id, *times in rows(home, "landing/bet_place/*/*.parquet", "event_id, received_ts::varchar, fx_fixed_at::varchar")}
    assert others["received"] == ["2025-10-17 12:00:01.999", None]
    assert others["both"] == others["rate"][::-1] == ["2025-10-17 10:00:00", None]


@pytest.mark.parametrize("is_one_file", [True, False])
def test_digits_that_are_cut_make_no_other_content(is_one_file: bool, land_lines: Lander) -> None:
    plain, finer = bet("e1", ts="2025-10-17T10:00:00.123Z"), bet("e1", ts="2025-10-17T10:00:00.123999Z")
    if is_one_file:
        [last] = land_lines(plain, finer)
        assert counts(last.entry) == (2, 1, 0, 1)
    else:
        land_lines(finer, name="one.jsonl")
        [last] = land_lines(plain, name="two.jsonl")
        assert counts(last.entry) == (1, 0, 0, 1)
    [other] = land_lines(bet("e1", ts="2025-10-17T10:00:00.124Z"), name="three.jsonl")
    assert other.entry and other.entry.conflicts == 1


def test_a_time_is_cut_before_it_is_held_against_the_clock(home: Home, tmp_path: Path) -> None:
    """24 hours ahead and 999 microseconds are 24 hours ahead; a millisecond more is the future."""
    path = tmp_path / "ahead.jsonl"
    path.write_text(bet("at", ts="2025-10-18T12:00:00.000999Z") + "\n" + bet("ahead", ts="2025-10-18T12:00:00.001Z") + "\n")
    [landed] = land(home, [(path, "web")], now=datetime(2025, 10, 17, 12, tzinfo=UTC))
    assert counts(landed.entry) == (2, 1, 1, 0)
    assert quarantined(home) == [("future_timestamp", "/ts")]


def test_what_is_amiss_with_a_cut_time_counts_no_more_in_a_conflict(land_lines: Lander, home: Home) -> None:
    land_lines(bet("e1", ts="2025-10-17T10:00:00.1239Z"), bet("e2"), name="one.jsonl")
    land_lines(bet("e1", ts="2025-10-17T10:00:00.124Z"), name="two.jsonl")
    assert [recorded(entry) for entry in Ledger(home).entries] == [{("bet_place", "truncated_timestamp"): 1}, {("bet_place", "truncated_timestamp"): -1}]


def test_what_took_less_than_no_time_lands_is_counted_and_is_no_lag(land_lines: Lander, home: Home) -> None:
    """Received a second before it happened, or measured below 0: once an event, however often. At 0 nothing is wrong."""
    head = '{"event":"bet_accept","schemaVer":"1.8","playerId":"p","sessionId":"s","traceId":"t","source":"server","roundId":"r","ts":"2025-10-17T14:00:10Z"'
    [landed] = land_lines(
        f'{head},"eventId":"e1","receivedTs":"2025-10-17T14:00:09Z","latencyMs":-1}}',
        f'{head},"eventId":"e2","receivedTs":"2025-10-17T14:00:09Z","latencyMs":4}}',
        f'{head},"eventId":"e3","receivedTs":"2025-10-17T14:00:13Z","latencyMs":-1}}',
        f'{head},"eventId":"e4","receivedTs":"2025-10-17T14:00:10Z","latencyMs":0}}',
        f'{head},"eventId":"e5"}}',
    )
    assert landed.entry is not None
    assert [(v.reason, v.events, v.is_quarantined) for v in landed.entry.violations] == [("negative_latency", 3, False)]
    assert (landed.entry.landed, landed.entry.lag_p50_s, landed.entry.lag_p95_s) == (5, 0.0, 3.0)
    # the files hold what was sent
    assert rows(home, "landing/bet_accept/*/*.parquet", "min(latency_ms)") == [(-1,)]


def test_what_no_count_can_be_lands_and_is_counted(land_lines: Lander, home: Home) -> None:
    """Below 0, or beyond a million millions; once an event. A field with a range of its own is refused outside it."""
    head = '{"event":"ad_spend","schemaVer":"1.8","traceId":"t","source":"batch","ts":"2025-10-17T14:00:10Z","day":"2025-10-16","channel":"c"'
    [landed] = land_lines(
        f'{head},"spend":{{"amount":"1","currency":"EUR"}},"eventId":"e1","impressions":-1,"clicks":-1}}',
        f'{head},"spend":{{"amount":"1","currency":"EUR"}},"eventId":"e2","impressions":1000000000001}}',
        f'{head},"spend":{{"amount":"1","currency":"EUR"}},"eventId":"e3","impressions":1000000000000,"clicks":0}}',
    )
    assert landed.entry is not None
    assert [(v.reason, v.events, v.is_quarantined) for v in landed.entry.violations] == [("out_of_range", 2, False)]
    assert rows(home, "landing/ad_spend/*/*.parquet", "min(impressions), max(impressions)") == [(-1, 10**12 + 1)]


def test_a_second_loader_waits_its_turn(home: Home, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(bet())
    with home.lock():
        result = CliRunner().invoke(main, ["--home", str(home.root), "land", str(tmp_path / "x.jsonl")])
    assert result.exit_code == 1
    assert f"pid {os.getpid()}" in result.output and "nothing was changed" in result.output
    assert CliRunner().invoke(main, ["--home", str(home.root), "land", str(tmp_path / "x.jsonl")]).exit_code == 0


class Crash(BaseException):
    pass


def test_a_crash_before_the_commit_leaves_nothing_and_after_it_loses_nothing(land_lines: Lander, home: Home) -> None:
    class Crashing(Disk):
        def __init__(self, at: str) -> None:
            setattr(self, at, self.crash)

        def crash(self, *_: object) -> None:
            raise Crash

    with pytest.raises(Crash):
        land_lines(bet("e1"), into=Home(home.root, Crashing("link")))
    assert not Ledger(home).entries and not list(home.landing.rglob("*.parquet"))
    with pytest.raises(Crash):
        land_lines(bet("e1"), into=Home(home.root, Crashing("rename")))
    assert len(Ledger(home).entries) == 1 and not list(home.landing.rglob("*.parquet"))
    recover(home, Ledger(home))
    assert len(rows(home, "landing/bet_place/*/*.parquet")) == 1
    assert not list(home.incoming.iterdir())


def test_a_lost_sidecar_is_found_again_in_the_landed_rows(land_lines: Lander, home: Home) -> None:
    land_lines(bet("e1"), name="one.jsonl")
    [sidecar] = home.ids.rglob("*.ids")
    sidecar.unlink()
    [second] = land_lines(bet("e1"), bet("e2"), name="two.jsonl")
    assert counts(second.entry) == (2, 1, 0, 1)


def test_segments_of_a_large_load_are_one_load(land_lines: Lander, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitboss.landing.segment.SEGMENT_BYTES", 2000)
    monkeypatch.setattr("pitboss.landing.source.BLOCK", 1000)
    lines = [bet(f"e{n % 90}", ts=f"2025-10-{17 + n % 2}T12:00:00Z", stake={"amount": f"{1 + n % 90}.00", "currency": "EUR"}) for n in range(180)]
    [landed] = land_lines(*lines)
    assert counts(landed.entry) == (180, 90, 0, 90)
    found = rows(home, "landing/bet_place/*/*.parquet", "event_id, stake_amount")
    assert sorted((f"e{n}", 1 + n) for n in range(90)) == sorted((name, int(amount)) for name, amount in found)


def test_the_ledger_is_a_chain(land_lines: Lander, home: Home) -> None:
    land_lines(bet("e1"), name="one.jsonl")
    land_lines(bet("e2"), name="two.jsonl")
    assert [entry.seq for entry in Ledger(home).entries] == [1, 2]
    first = home.ledger / "0000000001.json"
    first.write_bytes(first.read_bytes().replace(b'"lines":1', b'"lines":2'))
    result = CliRunner().invoke(main, ["--home", str(home.root), "land", str(first)])
    assert result.exit_code == 1 and "does not follow the entry before it" in result.output


def test_a_long_list_stands_beside_its_entry(land_lines: Lander, home: Home) -> None:
    land_lines(*(bet(f"e{n}") for n in range(1500)), name="one.jsonl")
    [landed] = land_lines(*(bet(f"e{n}", stake={"amount": "3.00", "currency": "EUR"}) for n in range(1500)), name="two.jsonl")
    assert landed.entry and len(landed.entry.conflict_ids) == 1500
    assert all(path.stat().st_size < 10_000 for path in home.ledger.glob("*.json"))
    [beside] = home.lists.iterdir()
    assert Ledger(home).entries[-1].conflict_ids == landed.entry.conflict_ids
    beside.write_bytes(beside.read_bytes().replace(b"e7", b"e8", 1))
    result = CliRunner().invoke(main, ["--home", str(home.root), "verify"])
    assert result.exit_code == 1 and f"{beside}: is not what entry 2 of the ledger says" in result.output


def test_a_list_of_an_entry_that_was_never_committed_goes(land_lines: Lander, home: Home) -> None:
    land_lines(bet("e1"))
    home.lists.mkdir()
    left_over = home.lists / "0000000002-conflict_ids.jsonl"
    left_over.write_bytes(b"{}")
    land_lines(bet("e2"), name="two.jsonl")
    assert not left_over.exists()


def test_no_file_and_no_such_file(home: Home, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "nothing.jsonl").write_bytes(b"")
    assert [counts(landed.entry) for landed in land(home, [(tmp_path / "empty" / "nothing.jsonl", "web")], now=datetime.now(UTC))] == [(0, 0, 0, 0)]
    result = CliRunner().invoke(main, ["--home", str(home.root), "land", str(tmp_path / "missing")])
    assert result.exit_code == 1 and "no such file or folder" in result.output


def test_a_failure_right_after_the_commit_loses_nothing(land_lines: Lander, home: Home) -> None:
    class Failing(Disk):
        def sync(self, path: Path) -> None:
            if path == home.ledger:
                raise OSError(5, "Input/output error")
            super().sync(path)

    [landed] = land_lines(bet("e1"), into=Home(home.root, Failing()))
    assert landed.error and "could not be landed" in str(landed.error)
    [again] = land_lines(bet("e1"))
    assert again.is_known
    assert len(rows(home, "landing/bet_place/*/*.parquet")) == 1


def test_a_replay_larger_than_what_is_compared_at_once(land_lines: Lander, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitboss.landing.resolve._AT_ONCE", 7)
    monkeypatch.setattr("pitboss.landing.segment.SEGMENT_BYTES", 2000)
    monkeypatch.setattr("pitboss.landing.source.BLOCK", 1000)
    lines = [bet(f"e{n}", geo={"ip": f"203.0.113.{n}"}) for n in range(40)]
    land_lines(*lines, name="one.jsonl")
    [again] = land_lines(*lines[:35], bet("e35", geo={"ip": "203.0.113.99"}), bet("new"), name="two.jsonl")
    assert counts(again.entry) == (37, 1, 1, 35)


@pytest.mark.parametrize("size", [0, 16, 30, 48, 200, 403])
def test_a_damaged_sidecar_costs_time_and_not_truth(size: int, land_lines: Lander, home: Home) -> None:
    land_lines(*(bet(f"e{n}") for n in range(50)), name="one.jsonl")
    [sidecar] = home.ids.rglob("*.ids")
    sidecar.write_bytes(sidecar.read_bytes()[:size])
    [again] = land_lines(*(bet(f"e{n}") for n in range(50)), bet("e50"), name="two.jsonl")
    assert counts(again.entry) == (51, 1, 0, 50)


def test_deeply_nested_events_without_an_id_and_unknown_fields_of_repetitions(land_lines: Lander, home: Home) -> None:
    deep = bet("x").replace('"eventId": "x", ', '"zz": ' + "[" * 400 + "]" * 400 + ", ")
    [landed] = land_lines(deep, deep, bet("e1"), bet("e1", note="second"))
    assert counts(landed.entry) == (4, 2, 0, 2)
    assert ("/note", b'"second"') in rows(home, "restricted/unknown/*.parquet", "pointer, value")


def test_a_line_again_once_the_contract_knows_its_field_is_the_same_line(home: Home, tmp_path: Path) -> None:
    known = read_contracts()
    contract = known.events["bet_place"]
    older = Contracts(known.envelope, {**known.events, "bet_place": replace(contract, columns=tuple(c for c in contract.columns if c.name != "market"))})
    path = tmp_path / "a.jsonl"
    path.write_text(bet("e1", market="1x2") + "\n")
    [first] = land(home, [(path, "web")], contracts=older)
    assert recorded(first.entry) == {("bet_place", "unknown_field"): 1}
    path.write_text(bet("e1", market="1x2") + "\n" + bet("e1", market="1x2", gameId="other") + "\n")
    [again] = land(home, [(path, "web")])
    assert counts(again.entry) == (2, 0, 1, 1)

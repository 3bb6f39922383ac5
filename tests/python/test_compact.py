"""Compaction: fewer files, the same rows, and whatever read the old files goes on."""

import json
import stat
from collections.abc import Callable
from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from conftest import query, rows
from pitboss.build import refresh_views
from pitboss.cli import main
from pitboss.contract.model import Contracts
from pitboss.contract.read import read_contracts
from pitboss.disk import Disk
from pitboss.home import Home
from pitboss.landing.compact import compact
from pitboss.landing.dedupe import read_sidecar
from pitboss.landing.land import land
from pitboss.landing.ledger import Entry, Ledger
from pitboss.landing.replay import replay
from pitboss.landing.session import session
from pitboss.landing.waiting import quarantine
from test_cli import held_elsewhere
from test_contracts import ids
from test_landing import bet

NOW = datetime(2025, 11, 17, 13, tzinfo=UTC)
AREAS = ("parts", "vault", "refusals")


def login(event_id: str, **changes: Any) -> str:
    fields = {"event": "login", "schemaVer": "1.8", "eventId": event_id, "ts": "2025-10-17T12:00:00Z", "playerId": "p1", "sessionId": "s", "traceId": "t"}
    return json.dumps({**fields, "source": "web", "deviceId": "device-77", "geo": {"country": "DE", "ip": "198.51.100.7"}, **changes})


def put(home: Home, name: str, *lines: str, contracts: Contracts | None = None) -> Entry:
    path = home.root.parent / "web" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    [landed] = land(home, [(path, "web")], now=NOW, contracts=contracts)
    assert landed.entry, landed.error
    return landed.entry


def load(number: int) -> list[str]:
    """Bets and logins of three days, some with personal data, a bad line and one that came before."""
    lines = [bet(f"b{number}-{n}", ts=f"2025-10-{15 + n % 3}T12:00:0{n}Z", geo={"country": "DE", "ip": f"203.0.113.{n}"} if n % 2 else None) for n in range(6)]
    return [*lines, login(f"l{number}"), f"nonsense {number}", bet("again")]


@pytest.fixture
def used(home: Home) -> Home:
    """A home with six loads, and one id in conflict."""
    for number in range(6):
        put(home, f"{number}.jsonl", *load(number))
    put(home, "conflict.jsonl", bet("again", stake={"amount": "9.00", "currency": "EUR"}))
    return home


def pitboss(home: Home, *arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["--home", str(home.root), *arguments])
    assert result.exit_code == code, result.output
    return result


def counted(home: Home) -> dict[str, list[str]]:
    """Every row of every file that counts, all columns, by kind, event and day; the ledger agrees about how many."""
    ledger, found = Ledger(home), {}
    for area in AREAS:
        parts = list(ledger.all_parts(area))  # type: ignore[arg-type]
        for key in {(part.event, part.event_day) for part in parts}:
            some = [part for part in parts if (part.event, part.event_day) == key]
            files = [str(home.root / part.path) for part in some]
            there = duckdb.sql(f"select * from read_parquet({files}, union_by_name = true, hive_partitioning = false)")
            names = sorted(there.columns)
            values = sorted(map(str, there.project(", ".join(f'"{name}"' for name in names)).fetchall()))
            assert len(values) == sum(part.rows for part in some)
            found[f"{area} {key[0]} {key[1]}"] = [str(names), *values]
    return found


def files(home: Home) -> dict[str, int]:
    """How many files there are of each kind."""
    areas = ("landing/*/*/*", "restricted/vault/*/*/*", "refusals/*/*", "ids/*/*")
    return {area.split("/*")[0]: len(list(home.root.glob(area))) for area in areas}


def parquet(home: Home) -> list[Path]:
    """Files of the landing, then those of the vault."""
    return [*sorted(home.landing.rglob("*.parquet")), *sorted((home.restricted / "vault").rglob("*.parquet"))]


def everything(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def merged(home: Home, **options: Any) -> list[Entry]:
    return [done.entry for done in compact(home, now=NOW, **options)]


def test_fewer_files_and_the_same_rows(used: Home) -> None:
    before = counted(used)
    assert files(used) == {"landing": 24, "restricted/vault": 24, "refusals": 7, "ids": 13}
    said = pitboss(used, "compact").output
    assert "bet_place                    parts        3 days       18 files ->      3" in said
    assert counted(used) == before
    assert files(used) == {"landing": 28, "restricted/vault": 28, "refusals": 8, "ids": 14}, "nobody's file goes away at once"
    [entry] = [entry for entry in Ledger(used).entries if entry.kind == "compaction"]
    assert len(entry.retired) == 55 and (entry.lines, entry.landed, entry.quarantined, entry.violations) == (0, 0, 0, [])
    assert pitboss(used, "compact").output == "nothing to compact\n"
    assert counted(used) == before
    assert files(used) == {"landing": 4, "restricted/vault": 4, "refusals": 1, "ids": 2}
    for path in used.restricted.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert not list(used.incoming.iterdir())


def test_compacted_files_keep_the_field_ids(home: Home) -> None:
    """At every level: a reader that looks for `components[].amount` by its id finds it before and after."""
    for number in range(2):
        put(home, f"{number}.jsonl", bet(f"e{number}", components=[{"wallet": "cash", "amount": "2.00"}], geo={"ip": f"203.0.113.{number}"}))
    before = [ids(pq.read_schema(path)) for path in parquet(home)]
    [entry] = merged(home)
    after = [ids(pq.read_schema(home.root / part.path)) for part in (*entry.parts, *entry.vault)]
    assert len(before) == 4 and len(after) == 2
    assert before == [after[0], after[0], after[1], after[1]]
    assert {"components", "components[]", "components[].wallet", "components[].amount"} <= after[0].keys()
    assert -1 not in {*after[0].values(), *after[1].values()}


def test_files_with_and_without_cut_times_become_one(home: Home) -> None:
    """A file says which of its times were cut only where one was. What counts of them is taken back afterwards as before."""
    put(home, "plain.jsonl", bet("e1"))
    put(home, "cut.jsonl", bet("e2", ts="2025-10-17T10:00:00.1239Z"), bet("e3"))
    put(home, "plain too.jsonl", bet("e4"))
    [entry] = merged(home)
    assert [part.rows for part in entry.parts] == [4] and merged(home) == []
    cut = rows(home, entry.parts[0].path, "event_id, coalesce(is_truncated, false)")
    assert sorted(cut) == [("e1", False), ("e2", True), ("e3", False), ("e4", False)]
    for event_id, taken_back in (("e4", []), ("e2", [("truncated_timestamp", -1)])):
        conflict = put(home, f"{event_id}.jsonl", bet(event_id, stake={"amount": "9.00", "currency": "EUR"}))
        assert [(v.reason, v.events) for v in conflict.violations if not v.is_quarantined] == taken_back


@pytest.mark.parametrize("is_sidecar_lost", [False, True])
def test_what_came_before_is_still_known(is_sidecar_lost: bool, used: Home) -> None:
    merged(used)
    merged(used)
    if is_sidecar_lost:
        for path in used.ids.rglob("*.ids"):
            path.unlink()
    again = put(used, "again.jsonl", *(line for number in range(6) for line in reversed(load(number)) if "nonsense" not in line))
    assert (again.lines, again.landed, again.quarantined, again.duplicates) == (48, 0, 0, 48)
    other = put(
        used,
        "other.jsonl",
        bet("b3-1", ts="2025-10-16T12:00:01Z", geo={"country": "DE", "ip": "203.0.113.99"}),
        bet("b4-2", ts="2025-10-17T12:00:02Z", roundId="another"),
        login("l2", deviceId="device-78"),
        bet("new"),
    )
    assert (other.landed, other.quarantined, other.conflicts) == (1, 3, 3)


def test_ids_of_all_that_was_merged_stand_in_one_file(used: Home) -> None:
    merged(used)
    merged(used)
    with duckdb.connect() as connection:
        [path] = (used.ids / "bet_place").iterdir()
        found = {str(day): len(hashes) for day, hashes in read_sidecar(connection, path).items()}
    assert found == {"2025-10-15": 12, "2025-10-16": 12, "2025-10-17": 13}


def test_a_day_that_goes_on_is_merged_again(used: Home) -> None:
    merged(used)
    put(used, "late.jsonl", bet("late", ts="2025-10-15T13:00:00Z"), bet("late too", ts="2025-10-18T13:00:00Z"))
    before = counted(used)
    [entry] = merged(used)
    assert [str(part.event_day) for part in entry.parts] == ["2025-10-15"]
    assert counted(used) == before
    assert put(used, "again.jsonl", *load(2)[:3], bet("late", ts="2025-10-15T13:00:00Z")).duplicates == 4


def test_field_ids_stay_and_files_that_lack_a_column_stay_apart(home: Home) -> None:
    contracts = read_contracts()
    contract = contracts.events["bet_place"]
    old = changed(contracts, events={**contracts.events, "bet_place": changed(contract, columns=tuple(c for c in contract.columns if c.name != "market"))})
    put(home, "old.jsonl", bet("old", market="m0"), contracts=old)
    for name in ("new", "newer"):
        put(home, f"{name}.jsonl", bet(name, market="m1", components=[{"wallet": "cash", "amount": "2.00"}]))
    newest = pq.read_schema(home.root / Ledger(home).entries[1].parts[0].path)
    before = counted(home)
    [entry] = merged(home)
    assert counted(home) == before
    schema = pq.read_schema(home.root / entry.parts[0].path)
    assert schema.equals(newest, check_metadata=True)
    assert all(field.metadata[b"PARQUET:field_id"] for field in schema)
    assert sorted(rows(home, entry.parts[0].path, "event_id, market, load_seq")) == [("new", "m1", 2), ("newer", "m1", 3)]
    put(home, "again.jsonl", bet("old", market="m0"), bet("next"))
    assert [(e.duplicates, e.conflicts) for e in Ledger(home).entries[-1:]] == [(1, 0)]


def test_files_whose_types_do_not_go_together_stay_apart(home: Home) -> None:
    contracts = read_contracts()
    contract = contracts.events["bet_place"]
    columns = tuple(changed(c, data_type="double", path=("number",)) if c.name == "market" else c for c in contract.columns)
    other = changed(contracts, events={**contracts.events, "bet_place": changed(contract, columns=columns)})
    put(home, "a.jsonl", bet("a", number=1.5), contracts=other)
    for number in range(2):
        put(home, f"{number}.jsonl", bet(f"b{number}", market="m"))
    [entry] = merged(home)
    assert [(part.rows, len(entry.retired)) for part in entry.parts] == [(2, 2)]
    assert merged(home) == [] and files(home)["landing"] == 2


def test_a_dry_run_changes_nothing(used: Home) -> None:
    merged(used)
    put(used, "late.jsonl", bet("late", ts="2025-10-15T13:00:00Z"))
    before = everything(used.root)
    said = [json.loads(line) for line in pitboss(used, "compact", "--dry-run", "--json").output.splitlines()]
    assert said == [{"is_dry_run": True, "event": "bet_place", "kind": "parts", "days": 1, "files_before": 2, "files_after": 1, "rows": 13}]
    assert everything(used.root) == before
    assert "is no event of the contracts" in pitboss(used, "compact", "--event", "bets", code=1).output
    with used.lock():
        assert "another pitboss process" in pitboss(used, "compact", code=1).output


def test_one_event_may_be_chosen(used: Home) -> None:
    pitboss(used, "compact", "--event", "login")
    assert files(used) == {"landing": 25, "restricted/vault": 25, "refusals": 7, "ids": 13}


def test_large_files_stay_and_none_grows_much_beyond_its_size(used: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        put(used, f"many{number}.jsonl", *(bet(f"m{number}-{n}", roundId=f"round {n}") for n in range(100)))
    before = counted(used)
    size = max(path.stat().st_size for path in used.landing.rglob("*.parquet"))
    monkeypatch.setattr("pitboss.landing.compact.FULL_BYTES", 1000)
    assert merged(used) == [], "half of the size is large enough"
    monkeypatch.setattr("pitboss.landing.compact.FULL_BYTES", 2 * size + 2)
    for name in ("_GROUP_ROWS", "_BATCH_ROWS"):
        monkeypatch.setattr(f"pitboss.landing.merge.{name}", 8)
    entries = merged(used)
    assert max(len([part for part in entry.parts if part.event == "bet_place"]) for entry in entries) > 3
    assert counted(used) == before
    assert put(used, "again.jsonl", *load(1)[:6], *load(5)[:6]).duplicates == 12


def test_much_is_done_in_several_entries(used: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = counted(used)
    monkeypatch.setattr("pitboss.landing.compact._ENTRY_BYTES", 1)
    entries = merged(used)
    assert [(sorted({str(part.event_day) for part in entry.parts}), bool(entry.refusals)) for entry in entries] == [
        (["2025-10-15"], False),
        (["2025-10-16"], False),
        (["2025-10-17"], False),
        (["2025-10-17"], False),
        ([], True),
    ]
    assert counted(used) == before
    merged(used)
    assert put(used, "again.jsonl", *load(1)[:7], *load(5)[:7]).duplicates == 14


def test_the_quarantine_does_not_notice(used: Home) -> None:
    put(used, "future.jsonl", bet("f", ts="2025-11-20T12:00:00Z"), bet("g", ts="2025-11-20T12:00:00Z"))

    def waiting() -> list[Any]:
        with quarantine(used, Ledger(used)) as connection:
            return list(connection.execute("select reason, file, line from waiting order by all").fetchall())

    for at, left in ((NOW, 9), (datetime(2025, 11, 20, tzinfo=UTC), 7)):
        with session(used, at) as turn:
            list(replay(turn))
        before = waiting()
        assert len(before) == left
        merged(used)
        assert waiting() == before


def test_a_lost_file_stops_it(used: Home) -> None:
    part = Ledger(used).parts("bet_place", datetime(2025, 10, 16).date())[2]
    path = used.root / part.path
    data = path.read_bytes()
    path.unlink()
    assert f"{path}: counts and cannot be read" in pitboss(used, "compact", code=1).output
    pq.write_table(pq.read_table(used.root / Ledger(used).parts("bet_place", datetime(2025, 10, 16).date())[1].path).slice(0, 1), path)
    assert "more or fewer rows than the ledger says" in pitboss(used, "compact", code=1).output
    assert len(Ledger(used).entries) == 7 and not list(used.incoming.iterdir())
    path.write_bytes(data)
    assert len(merged(used)) == 1


class _Failing(Disk):
    """A disk on which the n-th operation fails, and with `is_dead` every later one too."""

    def __init__(self, at: int, is_dead: bool) -> None:
        self._left, self._is_dead, self.is_hit = at, is_dead, False
        for name in ("create", "make_folder", "link", "rename", "remove", "remove_folder", "sync"):
            setattr(self, name, self._wrap(getattr(super(), name)))

    def _wrap(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            self._left -= 1
            if self._left == 0 or (self.is_hit and self._is_dead):
                self.is_hit = True
                raise _Killed if self._is_dead else OSError(28, "No space left on device")
            return operation(*arguments)

        return run


class _Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("is_dead", [True, False])
def test_it_may_stop_anywhere(is_dead: bool, home: Home) -> None:
    for number in range(2):
        put(home, f"{number}.jsonl", bet(f"a{number}", geo={"ip": "203.0.113.1"}), "nonsense")
    merged(home)
    put(home, "late.jsonl", bet("b", geo={"ip": "203.0.113.1"}), "more nonsense")
    before = counted(home)
    copies = 0
    for at in range(1, 200):
        copy = Home(home.root.parent / f"copy{at}")
        _copy(home.root, copy.root)
        failing = _Failing(at, is_dead)
        try:
            merged(Home(copy.root, failing))
        except (_Killed, OSError):
            assert failing.is_hit
        if not failing.is_hit:
            break
        merged(copy)
        assert counted(copy) == before, at
        merged(copy)
        assert counted(copy) == before, at
        assert files(copy) == {"landing": 1, "restricted/vault": 1, "refusals": 1, "ids": 1}, at
        assert not list(copy.incoming.iterdir())
        copies += 1
    assert 25 < copies < 199


def _copy(root: Path, to: Path) -> None:
    for path in sorted(root.rglob("*")):
        new = to / path.relative_to(root)
        if path.is_dir():
            new.mkdir(parents=True)
        else:
            new.parent.mkdir(exist_ok=True)
            new.write_bytes(path.read_bytes())
        new.chmod(stat.S_IMODE(path.stat().st_mode))


def test_readers_go_on(built_home: Home) -> None:
    for number in range(3):
        put(built_home, f"{number}.jsonl", bet(f"x{number}", ts="2025-10-10T12:00:00Z"))
    refresh_views(built_home)
    bets = "select count(*) from staging.stg_gameplay__bets"
    [(before,)] = query(built_home, bets)
    assert merged(built_home)
    assert query(built_home, bets) == [(before,)], "the views still name the old files, and these are there"
    notes: list[str] = []
    with held_elsewhere(built_home.warehouse):
        assert merged(built_home, note=notes.append) == []
    assert query(built_home, bets) == [(before,)]
    assert "replaced files stay for now" in notes[0] and "another process has the warehouse open" in notes[0]
    assert files(built_home)["landing"] > len(list(Ledger(built_home).all_parts("parts")))
    assert pitboss(built_home, "compact").output == "nothing to compact\n"
    assert files(built_home)["landing"] == len(list(Ledger(built_home).all_parts("parts")))
    assert query(built_home, bets) == [(before,)]

"""Publishing what a real build has made: whole files, in place at once, the version before kept."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from conftest import UNTESTED, query
from pitboss.build import build
from pitboss.cli import main
from pitboss.errors import BuildError, PublishError
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.serve.audiences import guard
from pitboss.serve.publish import publish, rollback

LOADS = "select count(*) from marts.ingest_health"
TOOL = """import duckdb, sys, time
tool = duckdb.connect(sys.argv[1])
tool.execute("insert into marts.ingest_health select * from marts.ingest_health")
print("written", flush=True)
time.sleep(600)"""
"""A tool that opens a published file for writing, as most do, and leaves its log beside it."""


def published(home: Home, sql: str = LOADS, name: str = "pitboss.duckdb") -> int:
    with duckdb.connect(str(home.published / name), read_only=True) as connection:
        row = connection.execute(sql).fetchone()
        assert row
        return int(row[0])


def change(home: Home, sql: str) -> None:
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute(sql)


def double(home: Home) -> None:
    change(home, "insert into marts.ingest_health select * from marts.ingest_health")


def contents(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.published.glob("*") if not path.is_symlink()}


def schema_of(file: str) -> str:
    return "risk" if "risk" in file else "marts"


def test_every_public_mart_is_in_the_file_of_its_audience(built_home: Home) -> None:
    made = {file.path.name: file.tables for file in publish(built_home)}
    in_warehouse = {name for (name,) in query(built_home, "select table_name from information_schema.tables where table_schema = 'marts'")}
    assert set(made) == {"pitboss.duckdb", "pitboss_risk.duckdb"}
    assert set(made["pitboss.duckdb"]) | set(made["pitboss_risk.duckdb"]) == in_warehouse
    assert published(built_home, "select sum(bets) from marts.ggr_ngr_daily") == 14
    assert published(built_home) == 1
    for name, tables in made.items():
        for table, rows in tables.items():
            assert published(built_home, f"select count(*) from {schema_of(name)}.{table}", name) == rows


def test_each_file_is_open_to_its_audience_only(built_home: Home) -> None:
    publish(built_home)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in built_home.published.glob("*.duckdb")}
    assert modes == {"pitboss.duckdb": 0o640, "pitboss_risk.duckdb": 0o600}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_mode_may_be_asked_for_and_each_version_keeps_its_own(built_home: Home) -> None:
    """Others come in only where a file in place is for them: what they may read lies in a folder that is closed to them."""
    folder, analyst = built_home.published, built_home.published / "pitboss.duckdb"
    publish(built_home, {"analyst": 0o644, "risk": 0o640})
    assert (mode(analyst), mode(folder / "pitboss_risk.duckdb"), mode(folder)) == (0o644, 0o640, 0o755)
    guard(built_home)
    assert mode(folder) == 0o755
    publish(built_home)
    assert (mode(analyst), mode(folder / "pitboss_risk.duckdb"), mode(folder)) == (0o640, 0o600, 0o750)
    rollback(built_home)
    assert (mode(analyst), mode(folder / "pitboss_risk.duckdb"), mode(folder)) == (0o644, 0o640, 0o755)
    rollback(built_home)
    assert (mode(analyst), mode(folder)) == (0o640, 0o750)
    folder.chmod(0o777)
    guard(built_home)
    assert mode(folder) == 0o750


def test_run_gives_the_mode_also_where_nothing_is_new(built_home: Home, tmp_path: Path) -> None:
    publish(built_home)
    before = contents(built_home)
    (tmp_path / "empty").mkdir()
    run = CliRunner().invoke(main, ["--home", str(built_home.root), "run", str(tmp_path / "empty"), "--mode", "644"])
    assert run.exit_code == 0 and "nothing new since the last build that passed" in run.output
    assert (mode(built_home.published / "pitboss.duckdb"), mode(built_home.published)) == (0o644, 0o755)
    assert contents(built_home) == before


@pytest.mark.parametrize("option", ["--mode", "--risk-mode"])
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        *((wrong, "is no octal mode such as 0644") for wrong in ("0648", "rw-r--r--", "0o644", "64", "04644", "-644", "")),
        *((wrong, "keeps the file from its own owner") for wrong in ("0044", "000", "0200")),
        *((wrong, "lets others write to the file, or run it") for wrong in ("0666", "0660", "0642", "0755", "0641", "0700")),
    ],
)
def test_a_mode_that_no_reader_needs_is_refused(option: str, wrong: str, reason: str, home: Home) -> None:
    run = CliRunner().invoke(main, ["--home", str(home.root), "publish", option, wrong])
    assert run.exit_code == 2 and f"Invalid value for '{option}': " in run.output and reason in " ".join(run.output.split())
    assert not home.root.exists()


def test_an_open_reader_keeps_its_version_and_a_new_one_sees_the_next(built_home: Home) -> None:
    publish(built_home)
    # a process of its own would do the same; within one process DuckDB shares the instance of a path, so the reader holds another name of the file
    held = built_home.root / "held.duckdb"
    os.link(built_home.published / "pitboss.duckdb", held)
    with duckdb.connect() as reader:
        reader.execute(f"attach '{held}' as held (read_only)")
        count = "select count(*) from held.marts.ingest_health"
        assert reader.execute(count).fetchone() == (1,)
        double(built_home)
        publish(built_home)
        assert reader.execute(count).fetchone() == (1,)
        assert reader.execute("select sum(bets) from held.marts.ggr_ngr_daily").fetchone() == (14,)
    assert published(built_home) == 2


def test_rollback_brings_the_previous_version_back_and_forth(built_home: Home) -> None:
    publish(built_home)
    with pytest.raises(PublishError, match="has no previous version"):
        rollback(built_home)
    double(built_home)
    publish(built_home)
    assert published(built_home, name="pitboss.previous.duckdb") == 1
    rollback(built_home)
    assert (published(built_home), published(built_home, name="pitboss.previous.duckdb")) == (1, 2)
    rollback(built_home)
    assert (published(built_home), published(built_home, name="pitboss.previous.duckdb")) == (2, 1)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (
            "insert into landing.build_log select 'later', min(finished_at), 9, 2, max(build_seq) + 1 from landing.build_log",
            "the last build did not pass (2 nodes",
        ),
        (
            "insert into landing.build_log select 'later', min(finished_at), 0, -1, max(build_seq) + 1 from landing.build_log",
            "the last build did not finish",
        ),
        ("delete from landing.build_passes where node = 'model.pitboss.coverage'", "did not pass as they are now, the first of them coverage"),
        ("update landing.build_passes set checksum = 'x' where node = 'model.pitboss.coverage'", "the first of them coverage"),
        ("delete from landing.build_passes where node like 'test.%'", "models and tests did not pass as they are now"),
        ("update landing.build_passes set ledger_head = 'x' where node = 'model.pitboss.coverage'", "was built of several landings"),
        ("update landing.build_passes set ledger_head = 'x'", "was built of a landing that is not, or no longer, that of this home"),
        ("drop schema landing cascade", "has no build to publish"),
    ],
)
def test_a_warehouse_that_did_not_pass_is_not_published(built_home: Home, harm: str, message: str) -> None:
    publish(built_home)
    before = contents(built_home)
    double(built_home)
    change(built_home, harm)
    with pytest.raises(PublishError, match=re.escape(message)):
        publish(built_home)
    assert contents(built_home) == before


def test_what_was_built_without_tests_or_empty_is_not_published(built_home: Home) -> None:
    """And a landing that has gone on since is no reason to refuse."""
    publish(built_home)
    build(built_home, [*UNTESTED, "--empty", "--select", "coverage"])
    with pytest.raises(PublishError, match="the first of them coverage"):
        publish(built_home)
    build(built_home, ["--quiet", "--select", "coverage"])
    publish(built_home)
    path = built_home.root / "later.jsonl"
    path.write_text('{"event":"login","eventId":"l","ts":"2025-10-17T12:00:00Z","playerId":"p","result":"ok"}\n')
    [landed] = land(built_home, [(path, "web")])
    assert landed.error is None
    publish(built_home)
    assert published(built_home, "select max(ledger_seq) from marts.about") == 1


def test_each_table_and_column_says_what_it_is_and_about_what_it_is_made_of(built_home: Home) -> None:
    [analyst, _] = publish(built_home)
    with duckdb.connect(str(analyst.path), read_only=True) as marts:
        unsaid = marts.execute("select table_name from duckdb_tables() where comment is null").fetchall()
        unsaid += marts.execute("select table_name || '.' || column_name from duckdb_columns() where schema_name = 'marts' and comment is null").fetchall()
        assert not unsaid
        about = marts.execute("select table_name, table_rows, ledger_seq, reporting_currency, data_until from marts.about").fetchall()
    assert {name: rows for name, rows, *_ in about} == analyst.tables
    assert {tuple(row[2:]) for row in about} == {(1, "EUR", datetime(2025, 10, 17, 12))}


def test_the_same_names_hold_under_any_path_and_alias_and_with_both_files_open(built_home: Home) -> None:
    [analyst, risk] = publish(built_home)
    copy = built_home.root / "copy of it.duckdb"
    copy.write_bytes(analyst.path.read_bytes())
    count = "select count(*) from marts.ingest_health"
    for path in (analyst.path, copy):
        with duckdb.connect(str(path), read_only=True) as marts:
            assert marts.execute(count).fetchall() == [(1,)]
    with duckdb.connect(str(risk.path), read_only=True) as both:
        both.execute(f"attach '{analyst.path}' as elsewhere (read_only)")
        assert both.execute("select count(*) from elsewhere.marts.ingest_health").fetchall() == [(1,)]
        both.execute(f"attach '{copy}' (read_only)")


@pytest.mark.parametrize("is_killed", [True, False])
def test_a_tool_that_writes_to_a_published_file_changes_nothing_that_readers_see(built_home: Home, is_killed: bool) -> None:
    """Killed with its log beside the file, or still alive; between two publishes, and before a rollback."""
    publish(built_home)
    actions: list[Callable[[Home], object]] = [publish, publish, rollback]
    for action in actions + [guard] * is_killed:
        (built_home.published / "pitboss.duckdb.wal").unlink(missing_ok=True)  # as a tool leaves it that was there before the guard
        tool = subprocess.Popen([sys.executable, "-c", TOOL, str(built_home.published / "pitboss.duckdb")], stdout=subprocess.PIPE, text=True)
        assert tool.stdout and tool.stdout.readline() == "written\n"
        if is_killed:
            tool.kill()
            tool.wait()  # until then it holds its lock on the file
        action(built_home)
        assert published(built_home) == 1
        with pytest.raises(duckdb.Error), duckdb.connect(str(built_home.published / "pitboss.duckdb")) as writer:
            writer.execute("delete from marts.ingest_health")
        assert published(built_home) == 1
        tool.kill()
        tool.communicate()
        assert published(built_home) == 1


def test_a_failure_is_not_hidden_by_a_build_of_something_else(built_home: Home) -> None:
    double(built_home)
    with pytest.raises(BuildError, match="did not pass"):
        build(built_home, ["--quiet", "--select", "ingest_health", "--resource-type", "test"])
    build(built_home, ["--quiet", "--select", "games"])
    with pytest.raises(PublishError, match="the last build did not pass"):
        publish(built_home)


def test_a_publish_that_was_killed_leaves_no_trace(built_home: Home) -> None:
    built_home.published.mkdir()
    for name in ("pitboss.duckdb.new", "pitboss.duckdb.new.wal", "pitboss_risk.duckdb.new", "marts.duckdb", "risk.previous.duckdb"):
        (built_home.published / name).write_bytes(b"half")
    publish(built_home)
    assert sorted(contents(built_home)) == ["ledger.jsonl", "pitboss.duckdb", "pitboss_risk.duckdb"]
    assert published(built_home) == 1


@pytest.mark.parametrize(("action", "call"), [*((rollback, n) for n in range(1, 5)), *((publish, n) for n in range(1, 7))])
def test_a_kill_at_any_system_call_leaves_whole_versions(
    action: Callable[[Home], object], call: int, built_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(built_home)
    double(built_home)
    publish(built_home)
    double(built_home)
    made = 0

    def kill_in(name: str) -> None:
        real = getattr(os, name)

        def counted(*arguments: object) -> None:
            nonlocal made
            made += 1
            if made == call:
                raise KeyboardInterrupt
            real(*arguments)

        monkeypatch.setattr(os, name, counted)

    for name in ("link", "replace", "fsync"):
        kill_in(name)
    with pytest.raises(KeyboardInterrupt):
        action(built_home)
    monkeypatch.undo()
    assert published(built_home) in {1, 2, 4}
    rollback(built_home)
    pair = {published(built_home), published(built_home, name="pitboss.previous.duckdb")}
    assert pair == {1, 2} or (action is publish and pair == {2, 4})

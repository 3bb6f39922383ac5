"""Publishing what a real build has made: whole files, in place at once, the version before kept."""

import os
import re
import stat
from collections.abc import Callable

import duckdb
import pytest
from conftest import query
from pitboss.build import build
from pitboss.errors import BuildError, PublishError
from pitboss.home import Home
from pitboss.serve.publish import publish, rollback

LOADS = "select count(*) from marts.ingest_health"


def published(home: Home, sql: str = LOADS, name: str = "marts.duckdb") -> int:
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
    return {path.name: path.read_bytes() for path in home.published.glob("*")}


def test_every_public_mart_is_in_the_file_of_its_audience(built_home: Home) -> None:
    made = {file.path.name: file.tables for file in publish(built_home)}
    in_warehouse = {name for (name,) in query(built_home, "select table_name from information_schema.tables where table_schema = 'marts'")}
    assert set(made) == {"marts.duckdb", "risk.duckdb"}
    assert set(made["marts.duckdb"]) | set(made["risk.duckdb"]) == in_warehouse
    assert published(built_home, "select sum(bets) from marts.ggr_ngr_daily") == 14
    assert published(built_home) == 1
    for name, tables in made.items():
        for table, rows in tables.items():
            assert published(built_home, f"select count(*) from marts.{table}", name) == rows


def test_each_file_is_open_to_its_audience_only(built_home: Home) -> None:
    publish(built_home)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in built_home.published.glob("*")}
    assert modes == {"marts.duckdb": 0o640, "risk.duckdb": 0o600}


def test_an_open_reader_keeps_its_version_and_a_new_one_sees_the_next(built_home: Home) -> None:
    publish(built_home)
    # a process of its own would do the same; within one process DuckDB shares the instance of a path, so the reader holds another name of the file
    held = built_home.root / "held.duckdb"
    os.link(built_home.published / "marts.duckdb", held)
    with duckdb.connect() as reader:
        reader.execute(f"attach '{held}' as held (read_only)")
        count = "select count(*) from held.main.ingest_health"
        assert reader.execute(count).fetchone() == (1,)
        double(built_home)
        publish(built_home)
        assert reader.execute(count).fetchone() == (1,)
        assert reader.execute("select sum(bets) from held.main.ggr_ngr_daily").fetchone() == (14,)
    assert published(built_home) == 2


def test_rollback_brings_the_previous_version_back_and_forth(built_home: Home) -> None:
    publish(built_home)
    with pytest.raises(PublishError, match="has no previous version"):
        rollback(built_home)
    double(built_home)
    publish(built_home)
    assert published(built_home, name="marts.previous.duckdb") == 1
    rollback(built_home)
    assert (published(built_home), published(built_home, name="marts.previous.duckdb")) == (1, 2)
    rollback(built_home)
    assert (published(built_home), published(built_home, name="marts.previous.duckdb")) == (2, 1)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (
            "insert into landing.build_log select 'later', max(finished_at) + interval 1 second, 9, 2 from landing.build_log",
            "the last build did not pass (2 nodes",
        ),
        (
            "insert into landing.build_log select 'later', max(finished_at) + interval 1 second, 0, -1 from landing.build_log",
            "the last build did not finish",
        ),
        ("drop table marts.coverage", "coverage not built yet"),
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


def test_a_failure_is_not_hidden_by_a_build_of_something_else(built_home: Home) -> None:
    double(built_home)
    with pytest.raises(BuildError, match="did not pass"):
        build(built_home, ["--quiet", "--select", "ingest_health", "--resource-type", "test"])
    build(built_home, ["--quiet", "--select", "games"])
    with pytest.raises(PublishError, match="the last build did not pass"):
        publish(built_home)


def test_a_publish_that_was_killed_leaves_no_trace(built_home: Home) -> None:
    built_home.published.mkdir()
    for name in ("marts.duckdb.new", "marts.duckdb.new.wal", "risk.duckdb.new"):
        (built_home.published / name).write_bytes(b"half")
    publish(built_home)
    assert sorted(contents(built_home)) == ["marts.duckdb", "risk.duckdb"]
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
    pair = {published(built_home), published(built_home, name="marts.previous.duckdb")}
    assert pair == {1, 2} or (action is publish and pair == {2, 4})

"""No events at all: the whole road works, and every mart is there with its columns."""

import json
from pathlib import Path

import duckdb
from click.testing import CliRunner
from conftest import query
from pitboss.build import OF_DATA, build
from pitboss.cli import main
from pitboss.home import Home
from pitboss.serve.audiences import AUDIENCES
from pitboss.serve.headline import headline
from pitboss.serve.publish import publish


def test_an_empty_folder_builds_and_publishes_every_mart_with_its_columns_and_no_row(home: Home, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    landed = CliRunner().invoke(main, ["--home", str(home.root), "land", str(inbox)])
    assert (landed.exit_code, landed.output.count("nothing to land")) == (0, 1)

    build(home, OF_DATA)
    nodes = json.loads((home.target / "manifest.json").read_bytes())["nodes"].values()
    marts = {node["name"]: list(node["columns"]) for node in nodes if node["resource_type"] == "model" and node["schema"] == "marts"}
    assert len(marts) >= 8
    for mart, columns in marts.items():
        found = query(
            home, f"select column_name from information_schema.columns where table_schema = 'marts' and table_name = '{mart}' order by ordinal_position"
        )
        assert [name for (name,) in found] == columns
        assert query(home, f"select count(*) from marts.{mart}") == [(0,)]
    assert query(home, "select * from semantic.int_unknown__names") == []

    files = publish(home)
    assert {table for file in files for table in file.tables} == set(marts)
    for file in files:
        with duckdb.connect(str(file.path), read_only=True) as connection:
            schema = next(audience.schema for audience in AUDIENCES.values() if audience.file == file.path.name)
            for table in file.tables:
                assert [column for column, *_ in connection.execute(f"describe {schema}.{table}").fetchall()] == marts[table]
    assert "days         none" in headline(home)

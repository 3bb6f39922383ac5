"""Publishing: tested marts into a new DuckDB file, put in place by one rename. A reader that is open keeps its file."""

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgspec

from pitboss.contract.sql import literal, quoted
from pitboss.errors import PublishError
from pitboss.home import Home

AUDIENCES = {"analyst": ("marts.duckdb", 0o640), "risk": ("risk.duckdb", 0o600)}
"""DuckDB has no users, so who may read what is a matter of files: one an audience, with its mode."""


@dataclass(frozen=True)
class Published:
    """A published file and the rows of each table in it."""

    path: Path
    tables: dict[str, int]


def publish(home: Home) -> list[Published]:
    """Copy the public marts of the last build, which must have passed, into HOME/published.

    Raises:
        PublishError: there is no build, the last one did not pass, or the copy does not hold what the warehouse holds.
    """
    with home.lock():
        marts = _marts(home)
        _check_last_build(home)
        home.published.mkdir(exist_ok=True)
        for left_over in home.published.glob("*.new*"):
            left_over.unlink()
        made = []
        for audience, (name, mode) in AUDIENCES.items():
            tables = sorted(mart for mart, reader in marts.items() if reader == audience)
            made.append(_write(home, tables, home.published / name, mode))
        for published in made:
            _swap(published.path)
        return made


def rollback(home: Home) -> list[Path]:
    """Put the previously published files back in place; the ones they replace become the previous ones.

    Raises:
        PublishError: there is no previous version.
    """
    with home.lock():
        found = [home.published / name for name, _ in AUDIENCES.values() if _previous(home.published / name).exists()]
        if not found:
            raise PublishError("has no previous version", str(home.published), "Nothing to do.")
        for path in found:
            aside = path.with_name(path.name + ".new")
            os.rename(_previous(path), aside)
            _swap(path)
        return found


def _marts(home: Home) -> dict[str, str]:
    """Public models of the last build, each with its audience, from dbt's manifest."""
    manifest = home.target / "manifest.json"
    if not manifest.exists() or not home.warehouse.exists():
        raise PublishError("has no build to publish", str(home.root), "Run `pitboss build` first.")
    nodes = msgspec.json.decode(manifest.read_bytes())["nodes"].values()
    return {
        node["name"]: node["config"]["meta"].get("audience", "risk")
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == "marts" and node["access"] == "public"
    }


def _check_last_build(home: Home) -> None:
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        row = warehouse.execute("select failed from landing.build_log order by finished_at desc limit 1").fetchone()
    if not row or row[0]:
        raise PublishError(
            f"the last build did not pass ({row[0] if row else 'no'} nodes failed or were skipped)",
            str(home.warehouse),
            "Nothing was published; mend it and run `pitboss build`.",
        )


def _write(home: Home, tables: list[str], path: Path, mode: int) -> Published:
    aside = path.with_name(path.name + ".new")
    rows: dict[str, int] = {}
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.execute(f"attach {literal(str(home.warehouse))} as warehouse (read_only)")
        connection.execute(f"attach {literal(str(aside))} as published")
        connection.execute("create schema published.marts")
        for table in tables:
            name = f"marts.{quoted(table)}"
            connection.execute(f"create table published.{name} as select * from warehouse.{name}")
            counts = connection.execute(f"select (select count(*) from published.{name}), (select count(*) from warehouse.{name})").fetchone()
            assert counts
            if counts[0] != counts[1]:
                raise PublishError(f"{table} has {counts[0]} of {counts[1]} rows; nothing was published", str(aside), "Publish again.")
            rows[table] = counts[0]
        connection.execute("checkpoint published")
        connection.execute("detach published")
    aside.chmod(mode)
    _sync(aside)
    return Published(path, rows)


def _swap(path: Path) -> None:
    """Rename the new file into place. At every moment `path` is a whole version, and the one before stays beside it."""
    if path.exists():
        aside = path.with_name(path.name + ".new-previous")
        os.link(path, aside)
        os.replace(aside, _previous(path))
    os.replace(path.with_name(path.name + ".new"), path)
    _sync(path.parent)


def _previous(path: Path) -> Path:
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

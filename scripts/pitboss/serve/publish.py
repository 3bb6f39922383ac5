"""Publishing: tested marts into a new DuckDB file, put in place by one rename. A reader that is open keeps its file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgspec

from pitboss.contract.sql import literal, quoted
from pitboss.disk import Disk
from pitboss.errors import PublishError
from pitboss.home import Home
from pitboss.warehouse import warehouse

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
        LockedError: another process is writing to the home or to the warehouse.
    """
    with home.lock():
        marts = _marts(home)
        home.disk.make_folder(home.published)
        home.disk.sync(home.root)
        _tidy(home)
        with warehouse(home) as connection, _private():
            _check_last_build(home, connection, set(marts))
            made = []
            for audience, (name, mode) in AUDIENCES.items():
                tables = sorted(mart for mart, reader in marts.items() if reader == audience)
                try:
                    made.append(_write(home.disk, connection, tables, home.published / name, mode))
                except duckdb.Error as error:
                    what = f"could not be written ({str(error).splitlines()[0]}); nothing was published"
                    raise PublishError(what, str(home.published / name), "Make room there if it is full, and publish again.") from error
        for published in made:
            _swap(home.disk, published.path, _new(published.path))
        return made


def rollback(home: Home) -> list[Path]:
    """Put the previously published files back in place; the ones they replace become the previous ones.

    Raises:
        PublishError: there is no previous version.
    """
    with home.lock():
        _tidy(home)
        found = [home.published / name for name, _ in AUDIENCES.values() if _previous(home.published / name).exists()]
        if not found:
            raise PublishError("has no previous version", str(home.published), "`pitboss publish` keeps one from the second time on.")
        for path in found:
            _swap(home.disk, path, _previous(path))
        return found


def _marts(home: Home) -> dict[str, str]:
    """Public models of the last build, each with its audience, from dbt's manifest."""
    manifest = home.target / "manifest.json"
    if not manifest.exists() or not home.warehouse.exists():
        raise PublishError("has no build to publish", str(home.root), "Run `pitboss build` first.")
    try:
        nodes = msgspec.json.decode(manifest.read_bytes())["nodes"].values()
    except msgspec.DecodeError as error:
        raise PublishError(f"is not whole ({error})", str(manifest), "Run `pitboss build` again.") from error
    return {
        node["name"]: node["config"]["meta"].get("audience", "risk")
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] == "marts" and node["access"] == "public"
    }


def _check_last_build(home: Home, connection: duckdb.DuckDBPyConnection, marts: set[str]) -> None:
    found = connection.execute("select schema_name || '.' || table_name from duckdb_tables() where database_name = 'warehouse'").fetchall()
    tables = {name for (name,) in found}
    row = None
    if "landing.build_log" in tables:
        row = connection.execute("select failed from warehouse.landing.build_log order by finished_at desc limit 1").fetchone()
    if not row:
        raise PublishError("has no build to publish", str(home.warehouse), "Run `pitboss build` first.")
    if row[0]:
        raise PublishError(
            f"the last build did not pass ({row[0]} nodes failed or were skipped)" if row[0] > 0 else "the last build did not finish",
            str(home.warehouse),
            "Nothing was published; mend it and run `pitboss build`.",
        )
    missing = sorted(mart for mart in marts if f"marts.{mart}" not in tables)
    if missing:
        raise PublishError(f"{', '.join(missing)} not built yet; nothing was published", str(home.warehouse), "Run `pitboss build` without a selection.")


def _write(disk: Disk, connection: duckdb.DuckDBPyConnection, tables: list[str], path: Path, mode: int) -> Published:
    rows: dict[str, int] = {}
    connection.execute(f"attach {literal(str(_new(path)))} as published")
    # `marts.<table>` must work in each file. DuckDB names the catalog after the file, and a schema of the same name would be ambiguous.
    schema = "published.main" if path.stem == "marts" else "published.marts"
    connection.execute(f"create schema if not exists {schema}")
    for table in tables:
        source, copy = f"warehouse.marts.{quoted(table)}", f"{schema}.{quoted(table)}"
        connection.execute(f"create table {copy} as select * from {source}")
        counts = connection.execute(f"select (select count(*) from {copy}), (select count(*) from {source})").fetchone()
        assert counts
        if counts[0] != counts[1]:
            raise PublishError(f"{table} has {counts[0]} of {counts[1]} rows; nothing was published", str(path), "Publish again.")
        rows[table] = counts[0]
    connection.execute("checkpoint published")
    connection.execute("detach published")
    disk.chmod(_new(path), mode)
    disk.sync(_new(path))
    return Published(path, rows)


@contextmanager
def _private() -> Iterator[None]:
    """Files made here are for their owner only until they are given their mode: DuckDB creates them open to whom the umask allows."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _swap(disk: Disk, path: Path, new: Path) -> None:
    """Rename `new` to `path`. At every moment `path` is a whole version, and the one it replaces is kept under some name.

    Each name is on disk before the next one goes: after a power cut names may be lost in any order.
    """
    if path.exists():
        disk.link(path, _replaced(path))
        disk.sync(path.parent)
    disk.rename(new, path)
    disk.sync(path.parent)
    if _replaced(path).exists():
        disk.rename(_replaced(path), _previous(path))
        disk.sync(path.parent)


def _tidy(home: Home) -> None:
    """After a crash: what a swap had replaced becomes the previous version, and half-written files go."""
    for name, _ in AUDIENCES.values():
        path = home.published / name
        if _replaced(path).exists() and not _replaced(path).samefile(path):
            home.disk.sync(home.published)
            home.disk.rename(_replaced(path), _previous(path))
            home.disk.sync(home.published)
    for left_over in home.published.glob("*.new*"):
        home.disk.remove(left_over)


def _new(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _replaced(path: Path) -> Path:
    return path.with_name(path.name + ".new-replaced")


def _previous(path: Path) -> Path:
    return path.with_name(f"{path.stem}.previous{path.suffix}")

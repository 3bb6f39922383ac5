"""Publishing: tested marts into a new DuckDB file, put in place by one rename. A reader that is open keeps its file."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from pitboss.contract.sql import literal, quoted
from pitboss.disk import Disk
from pitboss.errors import PublishError
from pitboss.home import PROJECT, Home
from pitboss.landing.ledger import Ledger
from pitboss.serve.audiences import AUDIENCES, fit_folder, guard_file, previous
from pitboss.serve.registry import record
from pitboss.warehouse import warehouse

OLD_FILES = ("marts.duckdb", "risk.duckdb")
"""Names of before; removed, so that nobody goes on reading what no build makes any more."""


@dataclass(frozen=True)
class Published:
    """A published file and the rows of each table in it."""

    path: Path
    tables: dict[str, int]


@dataclass(frozen=True)
class Mart:
    """A public model: where it stands in the warehouse, who reads it, and what its YAML says of it and of its columns."""

    name: str
    audience: str
    schema: str
    description: str
    columns: dict[str, str]


@dataclass(frozen=True)
class _Built:
    """When the marts were built, and of what."""

    at: datetime
    data_until: datetime | None
    ledger_seq: int
    ledger_head: str
    reporting_currency: str
    revision: str | None


def publish(home: Home, modes: Mapping[str, int] | None = None) -> list[Published]:
    """Copy the public marts into HOME/published, if one build of this landing made and tested all of them, or several did together.

    `modes` are those of the files, by audience, where they are not the usual ones. Each version keeps the mode that it was published with.

    Raises:
        PublishError: there is no build, it did not pass or not everything, or the copy does not hold what the warehouse holds.
        LockedError: another process is writing to the home or to the warehouse.
    """
    with home.lock():
        nodes = _nodes(home)
        marts = _marts(nodes)
        home.disk.make_folder(home.published)
        home.disk.sync(home.root)
        _tidy(home)
        with warehouse(home) as connection, _private():
            built = _check_build(home, connection, nodes)
            made = []
            for audience, (name, schema, usual) in AUDIENCES.items():
                mode = (modes or {}).get(audience, usual)
                own = sorted((mart for mart in marts if mart.audience == audience), key=lambda mart: mart.name)
                try:
                    made.append(_write(home.disk, connection, own, built, home.published / name, schema, mode))
                except duckdb.Error as error:
                    what = f"could not be written ({str(error).splitlines()[0]}); nothing was published"
                    raise PublishError(what, str(home.published / name), "Make room there if it is full, and publish again.") from error
        record(home, {published.path.name: _new(published.path) for published in made}, built.ledger_seq, built.ledger_head)
        for published in made:
            _swap(home.disk, published.path, _new(published.path))
        fit_folder(home)
        for name in OLD_FILES:
            for old in home.published.glob(f"{name.removesuffix('.duckdb')}.*"):
                home.disk.remove(old)
        return made


def rollback(home: Home) -> list[Path]:
    """Put the previously published files back in place; the ones they replace become the previous ones.

    Raises:
        PublishError: there is no previous version.
    """
    with home.lock():
        _tidy(home)
        found = [home.published / audience.file for audience in AUDIENCES.values() if previous(home.published / audience.file).exists()]
        if not found:
            raise PublishError("has no previous version", str(home.published), "`pitboss publish` keeps one from the second time on.")
        for path in found:
            _swap(home.disk, path, previous(path))
        fit_folder(home)
        return found


def set_modes(home: Home, modes: Mapping[str, int]) -> None:
    """Give the published files the modes that they would be published with now."""
    with home.lock():
        for audience, (name, _, usual) in AUDIENCES.items():
            if (home.published / name).exists():
                home.disk.chmod(home.published / name, modes.get(audience, usual))
        fit_folder(home)


def _nodes(home: Home) -> dict[str, dict[str, Any]]:
    """What the last build knew of, from dbt's manifest."""
    manifest = home.target / "manifest.json"
    if not manifest.exists() or not home.warehouse.exists():
        raise PublishError("has no build to publish", str(home.root), "Run `pitboss build` first.")
    try:
        nodes: dict[str, dict[str, Any]] = msgspec.json.decode(manifest.read_bytes())["nodes"]
    except msgspec.DecodeError as error:
        raise PublishError(f"is not whole ({error})", str(manifest), "Run `pitboss build` again.") from error
    return nodes


def _marts(nodes: dict[str, dict[str, Any]]) -> list[Mart]:
    """Public models."""
    return [
        Mart(
            node["name"],
            node["config"]["meta"].get("audience", "risk"),
            node["schema"],
            node.get("description", ""),
            {name: column.get("description", "") for name, column in node.get("columns", {}).items()},
        )
        for node in nodes.values()
        if node["resource_type"] == "model" and node["schema"] == "marts" and node["access"] == "public"
    ]


def _check_build(home: Home, connection: duckdb.DuckDBPyConnection, nodes: dict[str, dict[str, Any]]) -> _Built:
    """What was built, when, of which landing. Every model, seed and data test must have passed as it is now, on one head of this ledger."""
    try:
        last = connection.execute("select failed, finished_at from warehouse.landing.build_log order by build_seq desc limit 1").fetchone()
        passes = connection.execute("select node, checksum, ledger_head, reporting_currency from warehouse.landing.build_passes").fetchall()
    except duckdb.CatalogException:
        last = None
    if not last:
        raise PublishError("has no build to publish", str(home.warehouse), "Run `pitboss build` first.")
    if last[0]:
        raise PublishError(
            f"the last build did not pass ({last[0]} nodes failed or were skipped)" if last[0] > 0 else "the last build did not finish",
            str(home.warehouse),
            "Nothing was published; mend it and run `pitboss build`.",
        )
    passed = {node: (checksum, head, currency) for node, checksum, head, currency in passes}
    needed = {name: node for name, node in nodes.items() if _is_built(node)}
    missing = [node["name"] for name, node in needed.items() if passed.get(name, (None,))[0] != (node.get("checksum") or {}).get("checksum", "")]
    if missing:
        what = f"{len(missing):,} of {len(needed):,} models and tests did not pass as they are now, the first of them {missing[0]}; nothing was published"
        raise PublishError(what, str(home.warehouse), "Run `pitboss build` without a selection.")
    built = {(head, currency) for name, (_, head, currency) in passed.items() if name in needed}
    if len(built) > 1:
        raise PublishError("was built of several landings; nothing was published", str(home.warehouse), "Run `pitboss build` without a selection.")
    [(head, currency)] = built
    ledger = Ledger(home)
    seq = ledger.seq_of(head)
    if seq is None:
        what = "was built of a landing that is not, or no longer, that of this home; nothing was published"
        raise PublishError(what, str(home.warehouse), "Run `pitboss build`.")
    since = [entry.seq for entry in ledger.entries[seq:] if entry.kind in ("retraction", "set_aside")]
    if since:
        what = f"was built before ledger entry {since[0]}, by which events were taken out or put back; nothing was published"
        raise PublishError(what, str(home.warehouse), "Run `pitboss build`.")
    try:
        until = connection.execute("select now_at from warehouse.semantic.int_clock__now").fetchone()
    except duckdb.CatalogException:
        until = None
    return _Built(last[1], until[0] if until else None, seq, head, currency, _revision())


def _is_built(node: dict[str, Any]) -> bool:
    is_made = node["resource_type"] in ("seed", "test") or (node["resource_type"] == "model" and node["config"].get("materialized") != "ephemeral")
    return is_made and bool(node["config"].get("enabled", True))


def _write(disk: Disk, connection: duckdb.DuckDBPyConnection, marts: list[Mart], built: _Built, path: Path, schema: str, mode: int) -> Published:
    rows: dict[str, int] = {}
    connection.execute(f"attach {literal(str(_new(path)))} as published")
    connection.execute(f"create schema published.{schema}")
    for mart in marts:
        source, copy = f"warehouse.{mart.schema}.{quoted(mart.name)}", f"published.{schema}.{quoted(mart.name)}"
        connection.execute(f"create table {copy} as select * from {source}")
        counts = connection.execute(f"select (select count(*) from {copy}), (select count(*) from {source})").fetchone()
        assert counts
        if counts[0] != counts[1]:
            raise PublishError(f"{mart.name} has {counts[0]} of {counts[1]} rows; nothing was published", str(path), "Publish again.")
        rows[mart.name] = counts[0]
        connection.execute(f"comment on table {copy} is {literal(mart.description)}")
        for name, description in mart.columns.items():
            connection.execute(f"comment on column {copy}.{quoted(name)} is {literal(description)}")
    _write_about(connection, f"published.{schema}.about", rows, built)
    connection.execute("checkpoint published")
    connection.execute("detach published")
    disk.chmod(_new(path), mode)
    disk.sync(_new(path))
    return Published(path, rows)


_ABOUT = {
    "table_name": ("varchar", "Table of this schema."),
    "table_rows": ("bigint", "Its rows."),
    "version": ("varchar", "Version of Pitboss that built it."),
    "git_revision": ("varchar", "Revision of the project; null where it is no checkout."),
    "built_at": ("timestamp", "When it was built, UTC."),
    "data_until": ("timestamp", "The newest moment of the data by the house's clocks, UTC."),
    "ledger_seq": ("bigint", "Last entry of the ledger that is in it."),
    "reporting_currency": ("varchar", "Currency of the columns that end in `_base`."),
}


def _write_about(connection: duckdb.DuckDBPyConnection, table: str, rows: dict[str, int], built: _Built) -> None:
    connection.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, (kind, _) in _ABOUT.items())})")
    same = (version("pitboss"), built.revision, built.at, built.data_until, built.ledger_seq, built.reporting_currency)
    for row in rows.items():
        connection.execute(f"insert into {table} values ({', '.join('?' * len(_ABOUT))})", [*row, *same])
    connection.execute(f"comment on table {table} is 'One row per table: what it is made of, and when.'")
    for name, (_, said) in _ABOUT.items():
        connection.execute(f"comment on column {table}.{name} is {literal(said)}")


def _revision() -> str | None:
    run = subprocess.run(["git", "-C", str(PROJECT), "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return run.stdout.strip() or None


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

    What a tool has left beside the old version is gone before the new one stands there.

    Each name is on disk before the next one goes: after a power cut names may be lost in any order.
    """
    guard_file(disk, path)
    guard_file(disk, previous(path))
    if path.exists():
        disk.link(path, _replaced(path))
        disk.sync(path.parent)
    disk.rename(new, path)
    disk.sync(path.parent)
    if _replaced(path).exists():
        disk.rename(_replaced(path), previous(path))
        disk.sync(path.parent)


def _tidy(home: Home) -> None:
    """After a crash: what a swap had replaced becomes the previous version, and half-written files go."""
    for audience in AUDIENCES.values():
        path = home.published / audience.file
        if _replaced(path).exists() and not (path.exists() and _replaced(path).samefile(path)):
            home.disk.sync(home.published)
            home.disk.rename(_replaced(path), previous(path) if path.exists() else path)
            home.disk.sync(home.published)
    for left_over in home.published.glob("*.new*"):
        home.disk.remove(left_over)


def _new(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _replaced(path: Path) -> Path:
    return path.with_name(path.name + ".new-replaced")

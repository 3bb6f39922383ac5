"""The ledger of publishes: what each published file was, byte for byte, and of which landing. Beside the files, so that it travels with them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import msgspec

from pitboss.errors import PitbossError
from pitboss.home import Home
from pitboss.landing.ledger import Ledger, file_hash
from pitboss.landing.verify import Damage
from pitboss.serve.audiences import AUDIENCES, previous
from pitboss.warehouse import warehouse


class Publish(msgspec.Struct, frozen=True):
    """One publish: the hash of each file, and the last entry of the ledger that is in it."""

    seq: int
    files: dict[str, str]
    ledger_seq: int
    ledger_head: str


def publishes(home: Home) -> list[Publish]:
    """All publishes, the oldest first.

    Raises:
        PitbossError: the ledger of publishes is damaged.
    """
    path = _path(home)
    if not path.exists():
        return []
    try:
        return msgspec.json.Decoder(Publish).decode_lines(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PitbossError(f"is no ledger of publishes ({error})", str(path), "Restore it, or remove it and publish again.") from error


def record(home: Home, files: Mapping[str, Path], ledger_seq: int, ledger_head: str) -> None:
    """Note what is about to be put in place. Each file is given under the name that it will have."""
    known = publishes(home)
    now = Publish(len(known) + 1, {name: file_hash(path) for name, path in files.items()}, ledger_seq, ledger_head)
    path = _path(home)
    aside = path.with_name(path.name + ".new")
    home.disk.write(aside, b"".join(msgspec.json.encode(one) + b"\n" for one in [*known, now]), 0o640)
    home.disk.sync(aside)
    home.disk.rename(aside, path)
    home.disk.sync(path.parent)


def verify_published(home: Home, ledger: Ledger) -> Iterator[Damage]:
    """Published files that are not what was published, and a ledger that is not the one that was built or published."""
    known = publishes(home)
    for audience in AUDIENCES.values():
        hashes = {one.files.get(audience.file) for one in known}
        for path in (home.published / audience.file, previous(home.published / audience.file)):
            if path.exists() and file_hash(path) not in hashes:
                yield Damage(path, "is not what was published; `pitboss publish` makes it anew")
    heads = {(one.ledger_seq, one.ledger_head) for one in known[-1:]} | _built(home)
    for seq, head in sorted(heads):
        if ledger.seq_of(head) != seq:
            yield Damage(home.ledger / f"{seq:010d}.json", "is not the entry that was built or published")


def _built(home: Home) -> set[tuple[int, str]]:
    """The last entry that the warehouse has read; none where there is no warehouse, or it is in use."""
    if not home.warehouse.exists():
        return set()
    try:
        with warehouse(home) as connection:
            return set(connection.execute("select seq, head from warehouse.landing.heads order by seq desc limit 1").fetchall())
    except (PitbossError, duckdb.CatalogException):
        return set()


def _path(home: Home) -> Path:
    return home.published / "ledger.jsonl"
